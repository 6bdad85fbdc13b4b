/** More doublings would change nothing: the longest pause is reached long before. */
const MAX_DOUBLINGS = 20;

/** Pauses between tries, milliseconds. */
export interface Backoff {
  firstMs: number;
  longestMs: number;
}

/**
 * Returns the pause after so many earlier failures: exponential backoff with full jitter, so that rows that failed together are not retried
 * together.
 */
export function backoffMs(tries: number, { firstMs, longestMs }: Backoff): number {
  return Math.random() * Math.min(longestMs, firstMs * 2 ** Math.min(tries, MAX_DOUBLINGS));
}
