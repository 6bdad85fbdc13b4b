import { Timers } from '../common/timers.js';
import { Beep } from './beep.js';

/** A machine that has been quiet for so long is recording, even without a beep. */
const QUIET_MS = 1200;
/** Longer than any machine's greeting. */
const GIVE_UP_MS = 30_000;

/** Waits for the moment at which an answering machine begins to record. */
export class MachineMessage {
  private readonly beep = new Beep();
  private hasBeeped = false;
  private cancelQuiet?: () => void;
  private readonly cancelGiveUp: () => void;

  constructor(
    private readonly timers: Timers,
    private readonly records: () => void,
    givesUp: () => void,
  ) {
    this.cancelGiveUp = timers.after(GIVE_UP_MS, givesUp);
    this.waitForQuiet();
  }

  frame(samples: Int16Array, isVoiced: boolean): void {
    const isBeep = this.beep.frame(samples);
    if (this.hasBeeped && !isBeep) return this.begin();
    this.hasBeeped ||= isBeep;
    if (isVoiced || isBeep) this.waitForQuiet();
  }

  close(): void {
    this.cancelQuiet?.();
    this.cancelGiveUp();
  }

  private waitForQuiet(): void {
    this.cancelQuiet?.();
    this.cancelQuiet = this.timers.after(QUIET_MS, () => this.begin());
  }

  private begin(): void {
    this.close();
    this.records();
  }
}
