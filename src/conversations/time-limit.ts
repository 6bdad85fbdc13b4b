import { Timers } from '../common/timers.js';

const TIME_IS_SHORT_MS = 20_000;

/** Limits the length of a call. If it is long enough, the person is warned shortly before the end. */
export class TimeLimit {
  private cancels: (() => void)[] = [];

  constructor(
    private readonly clock: Pick<Timers, 'after'>,
    private readonly limitMs: number,
    private readonly timeIsShort: () => void,
    private readonly timeIsOver: () => void,
  ) {}

  start(): void {
    this.cancels.push(this.clock.after(this.limitMs, this.timeIsOver));
    if (this.limitMs <= 2 * TIME_IS_SHORT_MS) return;
    this.cancels.push(this.clock.after(this.limitMs - TIME_IS_SHORT_MS, this.timeIsShort));
  }

  close(): void {
    for (const cancel of this.cancels.splice(0)) cancel();
  }
}
