import type { FastifyReply, FastifyRequest } from 'fastify';
import { DAY_MS, SECOND_MS } from '../../common/clock.js';
import { sha256 } from '../../common/sha256.js';

/** A sound file in memory. */
export interface Audio {
  type: string;
  bytes: Buffer;
  /** Strong entity tag: the same bytes have the same one on every instance. */
  etag: string;
}

export function toAudio(type: string, bytes: Buffer): Audio {
  return { type, bytes, etag: `"${sha256(bytes)}"` };
}

/** Any page may play it (an audio element sends no credentials), and keep it for a while; so may a tab of its own. */
const HEADERS = {
  'content-security-policy': "default-src 'none'; media-src 'self'; frame-ancestors 'none'",
  'accept-ranges': 'bytes',
  'cache-control': `public, max-age=${DAY_MS / SECOND_MS}`,
  'cross-origin-resource-policy': 'cross-origin',
};

/**
 * First and last byte that a Range header asks for. Null where all is to be sent: for no range, several, or one that cannot be met,
 * for a server may ignore any of them (RFC 9110, section 14.2).
 */
function rangeOf(header: string | undefined, size: number): [first: number, last: number] | null {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (from === undefined || from + to === '') return null;
  const first = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const last = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  return first <= last ? [first, last] : null;
}

/** Answers as players ask: all of it, a part (some browsers play nothing without that), or "you have it already". */
export function sendAudio(audio: Audio, { headers }: FastifyRequest, reply: FastifyReply): void {
  const { bytes, etag, type } = audio;
  void reply.headers({ ...HEADERS, etag });
  if (headers['if-none-match']?.includes(etag)) return void reply.status(304).send();
  void reply.header('content-type', type);
  const isSame = headers['if-range'] === undefined || headers['if-range'] === etag;
  const range = isSame ? rangeOf(headers.range, bytes.length) : null;
  if (range === null) return void reply.send(bytes);
  const [first, last] = range;
  void reply
    .status(206)
    .header('content-range', `bytes ${first}-${last}/${bytes.length}`)
    .send(bytes.subarray(first, last + 1));
}
