/** A counter: its count, and the time (milliseconds) at which it starts again. */
export interface Count {
  count: number;
  resetAt: number;
}

/** A key to count, and the length of its window, which begins with the first count. */
export interface CounterWindow {
  key: string;
  windowMs: number;
}

/** Counts in fixed windows. The caller passes the time, so that all stores use the same clock. */
export abstract class CounterStore {
  /** Adds one to each counter atomically, starting a new window where the old one is over. Returns the new counts. */
  abstract count(windows: CounterWindow[], now: number): Promise<Count[]>;

  /** Reads without counting. */
  abstract read(key: string, now: number): Promise<Count>;

  /** Subtracts one from each key of the first list (not below zero), and resets each key of the second. */
  abstract forgive(once: string[], wholly?: string[]): Promise<void>;
}
