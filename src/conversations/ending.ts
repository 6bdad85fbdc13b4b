import { Timers } from '../common/timers.js';
import { LineCall, LineEnd } from '../telephony/phone-line.js';
import { ConversationEndReason } from './conversation-events.js';

/** How long the line stays open after the last word. */
const AFTER_WORDS_MS = 300;
/** Longest wait for a goodbye to begin and to end. */
const GOODBYE_MS = 8000;
/** How long after hanging up a line counts as ended even if it does not report that. */
const LINE_END_MS = 5000;

/** Ends a call in steps: goodbye, hang-up, end of the line. Once begun it cannot be undone. */
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

  /** Begins the end, before or during a goodbye. Only the first reason counts. */
  begin(reason: ConversationEndReason): void {
    this.reason ??= reason;
    this.limit();
  }

  goodbyeSounds(): void {
    this.limit();
  }

  /** Must be called when the last word was heard. */
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

  /** Returns why the call ended, once the line has ended. */
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
