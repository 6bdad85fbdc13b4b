import { addAbortSignal, Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Clock, MINUTE_MS, SECOND_MS } from '../common/clock.js';

/** A client that reads nothing for so long is cut off. Shorter than UNREAD_TIMEOUT_MS, which would end the response as if it were whole. */
const UNREAD_MS = 25 * SECOND_MS;
/** A client that is waited for so long and reads fewer than MIN_PACE_CHARACTERS meanwhile (35 kB a second) is cut off: it would delay others. */
const PACE_WINDOW_MS = 30 * SECOND_MS;
const MIN_PACE_CHARACTERS = 1024 * 1024;
/** A client that was waited for so long in all must read ten times as fast: else a large response would hold its place for TIMEOUT_MS. */
const SLOW_TIMEOUT_MS = 3 * MINUTE_MS;
const MIN_LATE_PACE_CHARACTERS = 10 * MIN_PACE_CHARACTERS;
/** Longest time of a whole response. Shorter than RESPONSE_TIMEOUT_MS, which does not reset the connection. */
const TIMEOUT_MS = 9 * MINUTE_MS;
/** Smaller pieces are joined before they are sent. */
const PIECE_CHARACTERS = 16 * 1024;
/** How far generation may run ahead of the client's reading. */
const AHEAD_BYTES = 64 * 1024;

/** Returns a response body that is generated as fast as the client reads it. The stream always emits `close`. */
export function streamOf(pieces: AsyncIterable<string>, clock: Clock): Readable {
  const cutOff = () => void stream.destroy(new Error('The client did not read the answer in time'));
  const stream = Readable.from(watched(gathered(pieces), clock, cutOff), {
    objectMode: false,
    highWaterMark: AHEAD_BYTES,
  });
  stream.once('close', clock.after(TIMEOUT_MS, cutOff));
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

/** Calls `cutOff` when the client reads nothing for too long, or too slowly. The time to generate pieces does not count. */
async function* watched(pieces: AsyncIterable<string>, clock: Clock, cutOff: () => void): AsyncGenerator<string> {
  let [waitedMs, taken, waitedInAllMs] = [0, 0, 0];
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
    waitedInAllMs += waitedMs;
    if (taken < (waitedInAllMs > SLOW_TIMEOUT_MS ? MIN_LATE_PACE_CHARACTERS : MIN_PACE_CHARACTERS)) return cutOff();
    [waitedMs, taken] = [0, 0];
  }
}

/**
 * Returns the stream that `open` makes, and destroys it when the connection closes: a pipelined response has no event of its own that is sure
 * to come. When the stream fails, the connection is reset, so that no client takes a part of it for the whole, even through an HTTP/1.0 proxy.
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
