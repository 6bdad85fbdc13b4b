import { median } from './turns.js';

const EVERY_MS = 10;

/** How late timers of a process are, milliseconds. */
export interface Lateness {
  p50: number;
  p95: number;
  /** Part of them that is more than 20 ms late. */
  over20Ms: number;
}

export function quantile(values: number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? NaN;
}

/** Measures how late the timers of this process are until told to stop; then returns what was found. */
export function watchLateness(): () => Lateness {
  const late: number[] = [];
  let due = performance.now() + EVERY_MS;
  const timer = setInterval(() => {
    const now = performance.now();
    late.push(Math.max(0, now - due));
    due = now + EVERY_MS;
  }, EVERY_MS);
  return () => {
    clearInterval(timer);
    const over = late.filter((milliseconds) => milliseconds > 20).length;
    return { p50: median(late), p95: quantile(late, 0.95), over20Ms: over / late.length };
  };
}
