import { Timers } from '../common/timers.js';

const PAUSE_MS = 1500;
const MAX_DIGITS = 64;

/** Collects keys that the person presses one after another, until `#` or a pause. */
export class PressedDigits {
  private digits = '';
  private cancel?: () => void;

  constructor(
    private readonly timers: Timers,
    private readonly complete: (digits: string) => void,
  ) {}

  press(digit: string): void {
    if (!/^[0-9*#A-D]$/.test(digit)) return;
    this.digits += digit;
    this.close();
    if (digit === '#' || this.digits.length >= MAX_DIGITS) return this.finish();
    this.cancel = this.timers.after(PAUSE_MS, () => this.finish());
  }

  close(): void {
    this.cancel?.();
  }

  private finish(): void {
    const { digits } = this;
    this.digits = '';
    this.complete(digits);
  }
}
