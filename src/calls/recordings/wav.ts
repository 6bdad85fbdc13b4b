import { SAMPLE_RATE } from '../../common/sound.js';

const CHANNELS = 2;
const SAMPLE_BYTES = 2;
/** One sample of each side. */
export const MOMENT_BYTES = CHANNELS * SAMPLE_BYTES;
export const HEADER_BYTES = 44;
const FORMAT_BYTES = 16;
const PCM = 1;
/** Sizes in a WAV file have 32 bits: some 18 hours fit. */
export const MAX_SOUND_BYTES = 0xffffffff - HEADER_BYTES - (0xffffffff % MOMENT_BYTES);

/** The header of a WAV file with so many bytes of stereo sound, 16 bits a sample. */
export function wavHeader(soundBytes: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(HEADER_BYTES - 8 + soundBytes, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(FORMAT_BYTES, 16);
  header.writeUInt16LE(PCM, 20);
  header.writeUInt16LE(CHANNELS, 22);
  header.writeUInt32LE(SAMPLE_RATE, 24);
  header.writeUInt32LE(SAMPLE_RATE * MOMENT_BYTES, 28);
  header.writeUInt16LE(MOMENT_BYTES, 32);
  header.writeUInt16LE(8 * SAMPLE_BYTES, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(soundBytes, 40);
  return header;
}
