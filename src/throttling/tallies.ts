import { AppError } from '../common/app-error.js';
import { SECOND_MS } from '../common/clock.js';
import { Count } from './counter-store.js';
import { THROTTLING_ERRORS } from './throttling.errors.js';

/** A count and its limit. */
export interface Tally extends Count {
  most: number;
}

export const isOver = (tally: Tally): boolean => tally.count > tally.most;
const isFull = (tally: Tally): boolean => tally.count >= tally.most;

/** Null when no limit is exceeded. Otherwise the wait until every used-up limit has started again. */
export function refusalOf(tallies: Tally[], now: number): AppError | null {
  if (!tallies.some(isOver)) return null;
  const [longest] = tallies.filter(isFull).sort((a, b) => b.resetAt - a.resetAt);
  const retryAfterSeconds = secondsUntil(longest.resetAt, now);
  return new AppError(THROTTLING_ERRORS.TOO_MANY_REQUESTS, { retryAfterSeconds, limit: longest.most });
}

export function secondsUntil(moment: number, now: number): number {
  return Math.max(1, Math.ceil((moment - now) / SECOND_MS));
}
