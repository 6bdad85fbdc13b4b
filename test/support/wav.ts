/** A stereo WAV file as its parts say, read without the code that wrote it: the samples of each side. */
export function readWav(bytes: Buffer): { rate: number; channels: [left: Int16Array, right: Int16Array] } {
  const text = (from: number, to: number) => bytes.toString('latin1', from, to);
  if (text(0, 4) !== 'RIFF' || text(8, 16) !== 'WAVEfmt ' || text(36, 40) !== 'data') throw new Error('No WAV file');
  const format = [bytes.readUInt16LE(20), bytes.readUInt16LE(22), bytes.readUInt16LE(34)];
  if (format.join() !== '1,2,16') throw new Error(`A WAV file of another kind: ${format.join()}`);
  const sound = bytes.subarray(44, 44 + bytes.readUInt32LE(40));
  const side = (offset: number) =>
    Int16Array.from({ length: sound.length / 4 }, (_, i) => sound.readInt16LE(4 * i + offset));
  return { rate: bytes.readUInt32LE(24), channels: [side(0), side(2)] };
}
