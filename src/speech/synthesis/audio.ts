import type { FastifyReply, FastifyRequest } from 'fastify';
import { DAY_MS, SECOND_MS } from '../../common/clock.js';
import { sha256 } from '../../common/sha256.js';
import { rangeOf } from '../../http/byte-range.js';

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

/** Pages of any origin may play it without credentials, and cache it. */
const HEADERS = {
  'content-security-policy': "default-src 'none'; media-src 'self'; frame-ancestors 'none'",
  'accept-ranges': 'bytes',
  'cache-control': `public, max-age=${DAY_MS / SECOND_MS}`,
  'cross-origin-resource-policy': 'cross-origin',
};

/** Responds with the whole file, a range (some browsers play nothing without ranges) or 304. */
export function sendAudio(audio: Audio, { headers }: FastifyRequest, reply: FastifyReply): void {
  const { bytes, etag, type } = audio;
  void reply.headers({ ...HEADERS, etag });
  if (headers['if-none-match']?.includes(etag)) return void reply.status(304).send();
  void reply.header('content-type', type);
  const range = rangeOf(headers, etag, bytes.length);
  if (range === null) return void reply.send(bytes);
  const [first, last] = range;
  void reply
    .status(206)
    .header('content-range', `bytes ${first}-${last}/${bytes.length}`)
    .send(bytes.subarray(first, last + 1));
}
