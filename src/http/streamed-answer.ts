import { addAbortSignal, Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Clock, MINUTE_MS, SECOND_MS } from '../common/clock.js';

/** A client that reads nothing for so long is cut off. Shorter than UNREAD_TIMEOUT_MS, which would end the connection in order. */
const UNREAD_MS = 25 * SECOND_MS;
/** So is one that takes fewer characters while it is waited for so long: it would keep others waiting for minutes. Some 35 kB a second. */
const PACE_WINDOW_MS = 30 * SECOND_MS;
const PACE_CHARACTERS = 1024 * 1024;
/** So is one that reads, but too slowly to come to an end before RESPONSE_TIMEOUT_MS. */
const LONGEST_MS = 9 * MINUTE_MS;
/** Small pieces are sent together. */
const PIECE_CHARACTERS = 16 * 1024;
/** Made before the client has read what was made before. */
const AHEAD_BYTES = 64 * 1024;

/** A text as a body that is made while it is read, and no faster. Its `close` always comes. */
export function streamOf(pieces: AsyncIterable<string>, clock: Clock): Readable {
  const cutOff = () => void stream.destroy(new Error('The client did not read the answer in time'));
  const stream = Readable.from(watched(gathered(pieces), clock, cutOff), {
    objectMode: false,
    highWaterMark: AHEAD_BYTES,
  });
  stream.once('close', clock.after(LONGEST_MS, cutOff));
  return stream;
}

async function* gathered(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let waiting: string[] = [];
  let length = 0;
  for await (const piece of pieces) {
    waiting.push(piece);
    length += piece.length;
    if (length < PIECE_CHARACTERS) continue;
    yield waiting.join('');
    [waiting, length] = [[], 0];
  }
  yield waiting.join('');
}

/** Calls `cutOff` when the next piece is not asked for in time, or pieces too slowly. What the pieces take to be made does not count. */
async function* watched(pieces: AsyncIterable<string>, clock: Clock, cutOff: () => void): AsyncGenerator<string> {
  let [waitedMs, taken] = [0, 0];
  for await (const piece of pieces) {
    const callOff = clock.after(UNREAD_MS, cutOff);
    const since = clock.now().getTime();
    try {
      yield piece;
    } finally {
      callOff();
    }
    waitedMs += clock.now().getTime() - since;
    taken += piece.length;
    if (waitedMs < PACE_WINDOW_MS) continue;
    if (taken < PACE_CHARACTERS) return cutOff();
    [waitedMs, taken] = [0, 0];
  }
}

/**
 * The stream that `open` makes as the answer, ended with the connection: an answer behind another one on its connection has no event that
 * is sure to come. One that fails is reset, so that nobody takes a part of it for the whole, not even behind a proxy that speaks HTTP/1.0.
 */
export async function streamWhileConnected(
  request: FastifyRequest,
  reply: FastifyReply,
  open: (gone: AbortSignal) => Promise<Readable>,
): Promise<Readable> {
  const { socket } = request.raw;
  const gone = new AbortController();
  const abort = () => gone.abort();
  socket.once('close', abort);
  if (socket.destroyed) abort();
  const forget = () => void socket.off('close', abort);
  try {
    const stream = await open(gone.signal);
    stream.once('close', forget);
    stream.once('error', () => reply.raw.headersSent && socket.resetAndDestroy());
    return addAbortSignal(gone.signal, stream);
  } catch (error) {
    forget();
    throw error;
  }
}
