/** A counter as it stands: what it counted, and the moment (milliseconds) at which it starts anew. */
export interface Count {
  count: number;
  resetAt: number;
}

/** Counts in fixed windows. The time is always the caller's, so that all instances and all stores go by the same clock. */
export abstract class CounterStore {
  /** Adds to a counter in one atomic step (never below zero); one whose window is over starts a new window. */
  abstract add(key: string, by: number, windowMs: number, now: number): Promise<Count>;

  /** Looks without counting. */
  abstract read(key: string, now: number): Promise<Count>;

  abstract clear(keys: string[]): Promise<void>;
}
