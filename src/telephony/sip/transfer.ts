import type { Timers } from '../../common/timers.js';
import type { SipRequest } from './sip-message.js';

/** Longest wait for what becomes of a transfer: the other party rings meanwhile. */
const TRANSFER_TIMEOUT_MS = 60_000;

/** A REFER under way, told of by NOTIFY (RFC 3515). */
export class Transfer {
  readonly outcome: Promise<void>;
  private settle!: (error?: Error) => void;

  constructor(timers: Timers) {
    this.outcome = new Promise((resolve, reject) => {
      this.settle = (error) => (error ? reject(error) : resolve());
    });
    // Whoever asked for the transfer hears of it; it may be gone.
    this.outcome.catch(() => undefined);
    const stop = timers.after(TRANSFER_TIMEOUT_MS, () => this.fail('nothing was heard of it in time'));
    void this.outcome.finally(stop).catch(() => undefined);
  }

  /** Takes a NOTIFY: its body is the status line of the call to the other party. */
  notify({ body }: SipRequest): void {
    const status = Number(/^SIP\/2\.0 (\d{3})/i.exec(body.toString('latin1', 0, 64))?.[1] ?? 0);
    if (status >= 200 && status < 300) this.settle();
    else if (status >= 300) this.fail(`the other party answered ${status}`);
  }

  fail(why: string): void {
    this.settle(new Error(`The call could not be transferred: ${why}.`));
  }
}
