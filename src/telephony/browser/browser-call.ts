import {
  type DialRequest,
  FRAME_MS,
  type FrameCounts,
  type LineCall,
  type LineEndReason,
  type LineListener,
  type SpokenLine,
} from '../phone-line.js';
import { OutgoingSound } from './outgoing-sound.js';
import type { PageMessage } from './page-message.js';
import type { PhonePage } from './phone-page.js';
import { Rate } from '../rate.js';

const FRAMES_PER_SECOND = 1000 / FRAME_MS;
/** A microphone's clock may be a little fast. What a page sends beyond is dropped: a call has one second of sound a second. */
const FRAMES = [FRAMES_PER_SECOND * 1.02, FRAMES_PER_SECOND / 2] as const;
/** More than anybody types or dials. */
const INPUTS_PER_SECOND = 20;

/** A call that rings on every page, and goes on with the one that accepts it. */
export class BrowserCall implements LineCall {
  private readonly sound: OutgoingSound;
  private readonly frames = new Rate(...FRAMES);
  private readonly inputs = new Rate(INPUTS_PER_SECOND, INPUTS_PER_SECOND);
  private page?: PhonePage;
  private isOver = false;

  /** `over` is called once, before the listener learns of the end; `reason` is what pages are told. */
  constructor(
    readonly number: number,
    private readonly request: DialRequest,
    private readonly listener: LineListener,
    private readonly over: (reason: string) => void,
    frames: FrameCounts,
  ) {
    this.sound = new OutgoingSound(frames);
  }

  get isAnswered(): boolean {
    return this.page !== undefined;
  }

  get playedSamples(): number {
    return this.sound.played(performance.now());
  }

  get waitingSamples(): number {
    return this.sound.waitingSamples;
  }

  /** Tells the listener that it rings, unless it was hung up meanwhile. */
  begin(): void {
    if (!this.isOver) this.listener.ringing();
  }

  ringOn(page: PhonePage): void {
    const { from, to } = this.request;
    page.tell({ type: 'ring', call: this.number, from, to });
  }

  isWith(page: PhonePage): boolean {
    return this.page === page;
  }

  /** The first page that accepts has the call. */
  accept(page: PhonePage): boolean {
    if (this.isOver || this.page) return false;
    this.page = page;
    page.tell({ type: 'answered', call: this.number });
    this.listener.answered();
    return true;
  }

  /** What a page sends about this call; a page that does not have it may only decline it while it rings. */
  receive(message: PageMessage, page: PhonePage): void {
    if (this.isOver) return;
    if (message.type === 'decline' && !this.page) return this.end('declined');
    if (this.page !== page) return;
    if (message.type === 'hang-up') return this.end('hung-up-there');
    if (message.type === 'played') return this.sound.report(message.epoch, message.samples, performance.now());
    if (message.type === 'sound') return this.frames.take() ? this.listener.frame(message.samples) : undefined;
    if (!this.inputs.take()) return;
    if (message.type === 'digit') this.listener.digit(message.digit);
    if (message.type === 'text') this.listener.typed(message.text);
  }

  /** The page that had the call is gone. */
  lose(isOnPurpose: boolean): void {
    this.end(isOnPurpose ? 'hung-up-there' : 'media-lost');
  }

  /** Sends the sound that is due. */
  sendDue(now: number): void {
    if (!this.page || this.isOver) return;
    for (let frame = this.sound.takeDue(now); frame; frame = this.sound.takeDue(now)) {
      this.page.sendSound(this.number, this.sound.epoch, frame);
    }
  }

  play(samples: Int16Array): void {
    if (this.isOver) return;
    const now = performance.now();
    this.sound.add(samples, now);
    this.sendDue(now);
  }

  clear(): void {
    if (this.isOver) return;
    this.sound.clear(performance.now());
    this.page?.tell({ type: 'clear', call: this.number, epoch: this.sound.epoch });
  }

  pressDigits(digits: string): void {
    if (!this.isOver) this.page?.tell({ type: 'digits', call: this.number, digits });
  }

  show(line: SpokenLine): void {
    if (!this.isOver) this.page?.tell({ type: 'transcript', call: this.number, ...line });
  }

  /** The page keeps calls that are over. */
  offerRecording(path: string): void {
    this.page?.tell({ type: 'recording', call: this.number, path });
  }

  async transfer(): Promise<void> {
    throw new Error('The browser phone connects nobody with somebody else.');
  }

  hangUp(): void {
    this.end(this.page ? 'hung-up-here' : 'canceled');
  }

  private end(reason: LineEndReason): void {
    if (this.isOver) return;
    this.isOver = true;
    this.over(reason);
    // Whoever hangs up may be in the middle of something.
    queueMicrotask(() => this.listener.ended({ reason, carrierCode: null }));
  }
}
