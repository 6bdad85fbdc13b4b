import { AppError } from '../common/app-error.js';
import { SECOND_MS } from '../common/clock.js';
import { Count } from './counter-store.js';
import { THROTTLING_ERRORS } from './throttling.errors.js';

/** A count, and how many its limit lets through. */
export interface Tally extends Count {
  most: number;
}

export const isOver = (tally: Tally): boolean => tally.count > tally.most;
const isFull = (tally: Tally): boolean => tally.count >= tally.most;

/** Null when no limit is exceeded. The wait is that of the longest limit that is used up: after it the try is let in. */
export function refusalOf(tallies: Tally[], now: number): AppError | null {
  if (!tallies.some(isOver)) return null;
  const [longest] = tallies.filter(isFull).sort((a, b) => b.resetAt - a.resetAt);
  const retryAfterSeconds = secondsUntil(longest.resetAt, now);
  return new AppError(THROTTLING_ERRORS.TOO_MANY_REQUESTS, { retryAfterSeconds, limit: longest.most });
}

export function secondsUntil(moment: number, now: number): number {
  return Math.max(1, Math.ceil((moment - now) / SECOND_MS));
}
