/**
 * Timers for short times, as in a conversation; changes of the system's clock do not affect them. Use Clock for days, leases and stored
 * times.
 */
export interface Timers {
  /** Returns monotonic milliseconds since an arbitrary moment. */
  now(): number;
  /** Calls `then` once, after so many milliseconds; returns a function that cancels it. */
  after(milliseconds: number, then: () => void): () => void;
}

/** The process's real timers. They do not keep it alive. */
export class SystemTimers implements Timers {
  now(): number {
    return performance.now();
  }

  after(milliseconds: number, then: () => void): () => void {
    const timer = setTimeout(then, milliseconds).unref();
    return () => clearTimeout(timer);
  }
}
