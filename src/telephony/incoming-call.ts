import type { LineCall, LineListener } from './phone-line.js';

/** A call that comes in on a line, and waits for somebody who takes it. */
export interface IncomingCall {
  /** Numbers as the carrier writes them; not all callers tell theirs. */
  readonly to: string;
  readonly from: string;
  /** Lets it ring there; from now on the listener hears of the call. It is answered by `answer`. */
  take(listener: LineListener): TakenCall;
  /** Turns the caller away: the number is nobody's, or nobody can talk now. */
  refuse(why: 'unknown-number' | 'busy'): void;
}

/** A call that came in and rings. */
export interface TakenCall extends LineCall {
  answer(): void;
}
