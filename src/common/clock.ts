import { Injectable } from '@nestjs/common';

export const SECOND_MS = 1000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** How often Clock checks whether a callback of `after` is due. */
const CHECK_MS = SECOND_MS;

/** Returns the moment so many days before another. */
export function daysBefore(moment: Date, days: number): Date {
  return new Date(moment.getTime() - days * DAY_MS);
}

/** The only source of the current time: every time that is stored or compared comes from here, so that tests can move it. */
@Injectable()
export class Clock {
  now(): Date {
    return new Date();
  }

  /** Returns the moment so many milliseconds from now; a negative number means ago. */
  in(milliseconds: number): Date {
    return new Date(this.now().getTime() + milliseconds);
  }

  /** Calls `then` after so many milliseconds, at most a second late; returns a function that cancels it. Does not keep the process alive. */
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
