/** Doubling a pause more often than this changes nothing: the longest pause is reached long before. */
const MAX_DOUBLINGS = 20;

/** Pauses between tries, milliseconds. */
export interface Backoff {
  firstMs: number;
  longestMs: number;
}

/**
 * Returns the pause after so many failed tries before this one: exponential backoff with full jitter, so that rows that failed together
 * do not come back together.
 */
export function backoffMs(tries: number, { firstMs, longestMs }: Backoff): number {
  return Math.random() * Math.min(longestMs, firstMs * 2 ** Math.min(tries, MAX_DOUBLINGS));
}
