import { Timers } from '../common/timers.js';

const CHECK_AFTER_MS = 3500;
/** Under a shorter limit the agent asks after this part of it. */
const CHECK_SHARE = 0.6;

/** Watches for silence of both sides: first the agent asks whether somebody is there, later the call ends. */
export class Silence {
  private cancel: (() => void)[] = [];
  private hasAsked = false;

  constructor(
    private readonly timers: Timers,
    private readonly limitMs: number,
    private readonly ask: () => void,
    private readonly isOver: () => void,
  ) {}

  /** Both sides are quiet. Does nothing when they were already. */
  begin(): void {
    if (this.cancel.length > 0) return;
    this.cancel.push(this.timers.after(this.limitMs, this.isOver));
    if (this.hasAsked) return;
    const askAfter = Math.min(CHECK_AFTER_MS, this.limitMs * CHECK_SHARE);
    this.cancel.push(
      this.timers.after(askAfter, () => {
        this.hasAsked = true;
        this.ask();
      }),
    );
  }

  /** Somebody speaks, or is about to. */
  end(): void {
    for (const cancel of this.cancel.splice(0)) cancel();
  }

  /** The person has reacted: the next silence begins with the question again. */
  personThere(): void {
    this.end();
    this.hasAsked = false;
  }

  close(): void {
    this.end();
  }
}
