import { Timers } from '../common/timers.js';

const FIRST_FILLER_MS = 1200;
const SECOND_FILLER_MS = 5000;
const GIVE_UP_MS = 10_000;

/** Limits how long the person waits for an answer: after a while a filler is said, and in the end the answer is given up. */
export class Patience {
  private cancels: (() => void)[] = [];

  constructor(
    private readonly timers: Timers,
    private readonly fill: (which: 0 | 1) => void,
    private readonly giveUp: () => void,
  ) {}

  begin(): void {
    this.end();
    this.cancels = [
      this.timers.after(FIRST_FILLER_MS, () => this.fill(0)),
      this.timers.after(SECOND_FILLER_MS, () => this.fill(1)),
      this.timers.after(GIVE_UP_MS, this.giveUp),
    ];
  }

  end(): void {
    for (const cancel of this.cancels.splice(0)) cancel();
  }
}
