import { SAMPLE_RATE } from '../../common/sound.js';

const HEADER_BYTES = 44;
const SAMPLE_BYTES = Int16Array.BYTES_PER_ELEMENT;

/** Frames of sound as a WAV file: 16-bit mono PCM at 16 kHz. */
export function wavOf(frames: Int16Array[]): Uint8Array<ArrayBuffer> {
  const samples = frames.reduce((sum, { length }) => sum + length, 0);
  const file = Buffer.alloc(HEADER_BYTES + samples * SAMPLE_BYTES);
  file.write('RIFF', 0);
  file.writeUInt32LE(file.length - 8, 4);
  file.write('WAVEfmt ', 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(SAMPLE_RATE, 24);
  file.writeUInt32LE(SAMPLE_RATE * SAMPLE_BYTES, 28);
  file.writeUInt16LE(SAMPLE_BYTES, 32);
  file.writeUInt16LE(8 * SAMPLE_BYTES, 34);
  file.write('data', 36);
  file.writeUInt32LE(samples * SAMPLE_BYTES, 40);
  let at = HEADER_BYTES;
  for (const frame of frames) for (const sample of frame) at = file.writeInt16LE(sample, at);
  return new Uint8Array(file);
}
