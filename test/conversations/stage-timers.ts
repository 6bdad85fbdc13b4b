import { Timers } from '../../src/common/timers.js';

interface Waiting {
  at: number;
  then: () => void;
}

/** A clock that stands still until it is moved, and lets all that follows from a moment happen before the next. */
export class StageTimers implements Timers {
  private time = 0;
  private origin = 0;
  private waiting: Waiting[] = [];

  now(): number {
    return this.time - this.origin;
  }

  after(milliseconds: number, then: () => void): () => void {
    const entry = { at: this.time + milliseconds, then };
    this.waiting.push(entry);
    return () => {
      this.waiting = this.waiting.filter((other) => other !== entry);
    };
  }

  pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => this.after(milliseconds, resolve));
  }

  /** Counts from this moment on. */
  restart(): void {
    this.origin = this.time;
  }

  async advance(milliseconds: number): Promise<void> {
    const end = this.time + milliseconds;
    for (let next = this.due(end); next; next = this.due(end)) {
      this.time = next.at;
      this.waiting = this.waiting.filter((other) => other !== next);
      next.then();
      await new Promise(setImmediate);
    }
    this.time = end;
    await new Promise(setImmediate);
  }

  private due(end: number): Waiting | undefined {
    return this.waiting.filter(({ at }) => at <= end).sort((one, other) => one.at - other.at)[0];
  }
}
