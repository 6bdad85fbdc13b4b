import { Timers } from '../common/timers.js';
import { LineCall, LineEnd } from '../telephony/phone-line.js';
import { ConversationEndReason } from './conversation-events.js';

/** After the last word the line stays open for so long. */
const AFTER_WORDS_MS = 300;
/** A goodbye that does not begin, or does not end, is waited for no longer. */
const GOODBYE_MS = 8000;
/** A line that was hung up and does not say so is taken for ended. */
const LINE_END_MS = 5000;

/** The way to the end of a call: once it has begun, nothing turns it back. */
export class Ending {
  private reason: ConversationEndReason | null = null;
  private isHungUp = false;
  private cancels: (() => void)[] = [];

  constructor(
    private readonly timers: Timers,
    private readonly line: LineCall,
    private readonly lineIsGone: (end: LineEnd) => void,
  ) {}

  get hasBegun(): boolean {
    return this.reason !== null;
  }

  /** A goodbye follows, or is being said. The first reason stays. */
  begin(reason: ConversationEndReason): void {
    this.reason ??= reason;
    this.limit();
  }

  goodbyeSounds(): void {
    this.limit();
  }

  /** The last word was heard. */
  wordsAreOver(): void {
    this.wait(AFTER_WORDS_MS, () => this.hangUp());
  }

  hangUp(reason?: ConversationEndReason): void {
    if (reason) this.reason ??= reason;
    if (this.isHungUp) return;
    this.isHungUp = true;
    this.wait(LINE_END_MS, () => this.lineIsGone({ reason: 'hung-up-here', carrierCode: null }));
    this.line.hangUp();
  }

  /** Why the call ended, once the line is gone. */
  reasonFor(end: LineEnd): ConversationEndReason {
    if (end.reason === 'hung-up-there') return this.isHungUp && this.reason ? this.reason : 'person-hung-up';
    if (end.reason === 'hung-up-here') return this.reason ?? 'ended-by-request';
    return end.reason;
  }

  close(): void {
    for (const cancel of this.cancels.splice(0)) cancel();
  }

  private limit(): void {
    this.wait(GOODBYE_MS, () => this.hangUp());
  }

  private wait(milliseconds: number, then: () => void): void {
    if (this.isHungUp && milliseconds !== LINE_END_MS) return;
    this.close();
    this.cancels.push(this.timers.after(milliseconds, then));
  }
}
