/**
 * Short times: those of a conversation, in milliseconds that no change of the system's clock disturbs. Days, leases and what is stored go
 * by Clock.
 */
export interface Timers {
  /** Milliseconds since a moment that means nothing; never goes back. */
  now(): number;
  /** Calls `then` once, after so many milliseconds; returns what calls it off. */
  after(milliseconds: number, then: () => void): () => void;
}

/** The timers of the process. They keep it alive no longer than its sockets do. */
export class SystemTimers implements Timers {
  now(): number {
    return performance.now();
  }

  after(milliseconds: number, then: () => void): () => void {
    const timer = setTimeout(then, milliseconds).unref();
    return () => clearTimeout(timer);
  }
}
