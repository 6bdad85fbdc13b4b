/** A counter as it stands: what it counted, and the moment (milliseconds) at which it starts anew. */
export interface Count {
  count: number;
  resetAt: number;
}

/** What is to be counted under a key, and for how long from the first time on. */
export interface CounterWindow {
  key: string;
  windowMs: number;
}

/** Counts in fixed windows. The time is always the caller's, so that all instances and all stores go by the same clock. */
export abstract class CounterStore {
  /** Adds one to each counter, each in one atomic step; one whose window is over starts a new window. Answers them as they stand then. */
  abstract count(windows: CounterWindow[], now: number): Promise<Count[]>;

  /** Looks without counting. */
  abstract read(key: string, now: number): Promise<Count>;

  /** Takes one back from each of the first (never below zero), and all from each of the second: these start a new window. */
  abstract forgive(once: string[], wholly?: string[]): Promise<void>;
}
