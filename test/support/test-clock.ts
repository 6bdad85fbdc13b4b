import { Clock } from '../../src/common/clock.js';

/** The real time, moved by as much as a test says. */
export class TestClock extends Clock {
  private offsetMs = 0;

  override now(): Date {
    return new Date(Date.now() + this.offsetMs);
  }

  /** Moves the clock on (or back, with a negative number). */
  advance(milliseconds: number): void {
    this.offsetMs += milliseconds;
  }
}
