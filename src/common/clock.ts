import { Injectable } from '@nestjs/common';

export const SECOND_MS = 1000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** How often the real clock is compared with what waits for a moment. */
const CHECK_MS = SECOND_MS;

/** The moment so many days before another. */
export function daysBefore(moment: Date, days: number): Date {
  return new Date(moment.getTime() - days * DAY_MS);
}

/** The only source of "now": every time that is stored or compared comes from here, so that tests can move it. */
@Injectable()
export class Clock {
  now(): Date {
    return new Date();
  }

  /** The moment so many milliseconds from now (negative: ago). */
  in(milliseconds: number): Date {
    return new Date(this.now().getTime() + milliseconds);
  }

  /** Calls `then` after so many milliseconds by this clock, a second late at most; returns what calls it off. Keeps no process alive. */
  after(milliseconds: number, then: () => void): () => void {
    const due = this.in(milliseconds);
    const timer = setInterval(() => {
      if (this.now() < due) return;
      clearInterval(timer);
      then();
    }, CHECK_MS).unref();
    return () => clearInterval(timer);
  }
}
