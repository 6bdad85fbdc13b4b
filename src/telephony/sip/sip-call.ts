import type { Timers } from '../../common/timers.js';
import type { MediaChannel } from '../media/media-engine.js';
import type { RemoteMedia } from '../media/media-format.js';
import type { LineCall, LineEnd, LineListener } from '../phone-line.js';
import type { SessionEnd, SessionListener } from './session-listener.js';
import { lineEndOf } from './sip-outcome.js';

/** A trunk that says nothing at all to an INVITE for so long is passed over. */
export const SILENT_TRUNK_MS = 8000;

/** The signalling of one attempt: a call that we make, or one that came in. */
export interface Signalling {
  hangUp(): void;
  refer(uri: string): Promise<void>;
}

/** A call on a SIP trunk: its signalling and its sound, as one call on a line. */
export class SipCall implements LineCall {
  private signalling?: Signalling;
  private channel?: MediaChannel;
  private isOver = false;
  private isAnswered = false;
  private isHungUp = false;

  constructor(
    private readonly listener: LineListener,
    /** Makes a number the URI that a transfer names. */
    private readonly uriOf: (number: string) => string,
    private readonly released: () => void,
  ) {}

  /** False once it is over or was hung up: no further trunk is tried. */
  get isWanted(): boolean {
    return !this.isOver && !this.isHungUp;
  }

  get playedSamples(): number {
    return this.channel?.playedSamples ?? 0;
  }

  get waitingSamples(): number {
    return this.channel?.waitingSamples ?? 0;
  }

  /** The sound goes this way from now on. */
  useChannel(channel: MediaChannel): void {
    this.channel = channel;
    if (this.isOver) channel.close();
  }

  /** The attempt that is under way. */
  useSignalling(signalling: Signalling): void {
    this.signalling = signalling;
  }

  play(samples: Int16Array): void {
    if (!this.isOver) this.channel?.play(samples);
  }

  clear(): void {
    if (!this.isOver) this.channel?.clear();
  }

  pressDigits(digits: string): void {
    if (!this.isOver) this.channel?.press(digits);
  }

  async transfer(to: string): Promise<void> {
    if (!this.signalling || !this.isAnswered) throw new Error('Only a call that was answered can be transferred.');
    await this.signalling.refer(this.uriOf(to));
  }

  hangUp(): void {
    if (this.isOver) return;
    this.isHungUp = true;
    if (this.signalling) return this.signalling.hangUp();
    this.end({ reason: 'canceled', carrierCode: null });
  }

  agree(remote: RemoteMedia): void {
    this.channel?.agree(remote);
  }

  ringing(): void {
    if (!this.isOver) this.listener.ringing();
  }

  answered(): void {
    this.isAnswered = true;
    if (!this.isOver) this.listener.answered();
  }

  frame(samples: Int16Array): void {
    // What is heard before the answer is the network's: ringing, announcements.
    if (this.isAnswered && !this.isOver) this.listener.frame(samples);
  }

  digit(digit: string): void {
    if (this.isAnswered && !this.isOver) this.listener.digit(digit);
  }

  /** The far end is not heard any more: the call is hung up for it. */
  lose(): void {
    if (this.isOver) return;
    const { signalling } = this;
    this.end({ reason: 'media-lost', carrierCode: null });
    signalling?.hangUp();
  }

  end(end: LineEnd): void {
    if (this.isOver) return;
    this.isOver = true;
    this.channel?.close();
    this.released();
    queueMicrotask(() => this.listener.ended(end));
  }
}

/** Hears of one attempt on one trunk, and says whether the next is to be tried. */
export class Attempt implements SessionListener {
  /** True when the trunk could not take the call and nothing rang: another may (calls section 14.2). */
  readonly isOver: Promise<'next' | 'done'>;
  private settle!: (outcome: 'next' | 'done') => void;
  private hasRung = false;
  private readonly stopWaiting: () => void;
  private isSilent = false;
  /** What the last trunk said, for when no other is left. */
  end: LineEnd = { reason: 'carrier-unavailable', carrierCode: null };

  constructor(
    private readonly call: SipCall,
    timers: Timers,
    private readonly isPending: () => boolean,
    giveUp: () => void,
  ) {
    this.isOver = new Promise((resolve) => (this.settle = resolve));
    this.stopWaiting = timers.after(SILENT_TRUNK_MS, () => {
      if (this.hasRung || !this.isPending()) return;
      this.isSilent = true;
      giveUp();
    });
  }

  ringing(): void {
    this.hasRung = true;
    this.call.ringing();
  }

  media(remote: RemoteMedia): void {
    this.call.agree(remote);
  }

  answered(): void {
    this.hasRung = true;
    this.stopWaiting();
    this.call.answered();
  }

  digit(digit: string): void {
    this.call.digit(digit);
  }

  ended(end: SessionEnd): void {
    this.stopWaiting();
    this.end = this.isSilent ? { reason: 'carrier-unavailable', carrierCode: null } : lineEndOf(end);
    const isUnable = this.isSilent || end.status === 503 || end.reason === 'timeout' || end.reason === 'unreachable';
    this.settle(isUnable && !this.hasRung && this.call.isWanted ? 'next' : 'done');
  }
}
