import { FRAME_SAMPLES } from '../phone-line.js';

/**
 * What a page sends. Texts are JSON, each about one call. Sound is binary: the number of the call (32 bits, little endian), then one frame
 * of 20 ms.
 */
export type PageMessage =
  | { type: 'accept' | 'decline' | 'hang-up'; call: number }
  | { type: 'digit'; call: number; digit: string }
  | { type: 'text'; call: number; text: string }
  | { type: 'played'; call: number; epoch: number; samples: number }
  | { type: 'sound'; call: number; samples: Int16Array };

const HEADER_BYTES = 4;
const FRAME_BYTES = 2 * FRAME_SAMPLES;
const MAX_TEXT_LENGTH = 1000;
/** No page sends more in one message: a text of this length, each character escaped, and what is around it. */
export const MAX_MESSAGE_BYTES = 16 * 1024;

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** Typed words on one line, without control characters. */
function wordsOf(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const words = value.replace(/[\p{Cc}\s]+/gu, ' ').trim();
  return words.length > 0 && words.length <= MAX_TEXT_LENGTH ? words : null;
}

function messageOf({ type, call, digit, text, epoch, samples }: Record<string, unknown>): PageMessage | null {
  if (!isCount(call)) return null;
  if (type === 'accept' || type === 'decline' || type === 'hang-up') return { type, call };
  if (type === 'digit' && typeof digit === 'string' && /^[0-9*#A-D]$/.test(digit)) return { type, call, digit };
  if (type === 'played' && isCount(epoch) && isCount(samples)) return { type, call, epoch, samples };
  const words = wordsOf(text);
  return type === 'text' && words !== null ? { type, call, text: words } : null;
}

/** Reads a message; null where it is none. */
export function readPageMessage(data: Buffer, isBinary: boolean): PageMessage | null {
  if (isBinary) {
    if (data.length !== HEADER_BYTES + FRAME_BYTES) return null;
    // The bytes lie where the network put them: 16-bit numbers need an even place.
    const samples = new Int16Array(new Uint8Array(data.subarray(HEADER_BYTES)).buffer);
    return { type: 'sound', call: data.readUInt32LE(0), samples };
  }
  try {
    const value: unknown = JSON.parse(data.toString());
    return typeof value === 'object' && value !== null ? messageOf(value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** Sound to a page: the number of the call, the epoch (32 bits each, little endian), and up to 20 ms. */
export function soundMessage(call: number, epoch: number, samples: Int16Array): Buffer {
  const header = Buffer.alloc(2 * HEADER_BYTES);
  header.writeUInt32LE(call, 0);
  header.writeUInt32LE(epoch, HEADER_BYTES);
  return Buffer.concat([header, Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength)]);
}
