import { FRAME_SAMPLES, type FrameCounts, SAMPLE_RATE } from '../phone-line.js';

const SAMPLES_PER_MS = SAMPLE_RATE / 1000;
/** Sound is sent so long before it is due: what a late timer or a busy network may cost without a gap. */
const LEAD_MS = 80;
/** What a page reports is older than it says by about as much: so far it is taken to have played on. */
const REPORT_INTERVAL_MS = 100;
/** A page that plays nothing (its tab is silenced, its reports are lost) is taken to lag by no more: the conversation goes on. */
const MAX_LAG_MS = 1000;
const LATE_MS = 20;

const between = (low: number, value: number, high: number): number => Math.min(high, Math.max(low, value));

/** Sound on its way to one page, paced by an absolute clock. Times are those of `performance.now()`. */
export class OutgoingSound {
  /** Counts the times that waiting sound was dropped: the page drops what it has of earlier ones. */
  epoch = 0;
  private readonly queue: Int16Array[] = [];
  private waiting = 0;
  /** Since when sound waits without a pause. */
  private waitingSince = 0;
  /** When the page, if it plays without a pause, will have played all that was sent. */
  private sentUntil = -Infinity;
  /** Samples of this epoch: sent, and played by the page's last report. */
  private sent = 0;
  private reported = 0;
  private reportedAt = -Infinity;
  /** The most that `played` returned in this epoch: it never goes back. */
  private told = 0;
  private playedBefore = 0;

  constructor(private readonly frames: FrameCounts) {}

  get waitingSamples(): number {
    return this.waiting;
  }

  add(samples: Int16Array, now: number): void {
    if (samples.length === 0) return;
    if (this.waiting === 0) this.waitingSince = now;
    this.queue.push(samples);
    this.waiting += samples.length;
  }

  /** Returns the next frame if it is due: at most 20 ms, less at the end of the sound. */
  takeDue(now: number): Int16Array | null {
    if (this.waiting === 0) return null;
    const dueAt = Math.max(this.waitingSince, this.sentUntil - LEAD_MS);
    if (this.sentUntil < now) {
      if (this.sent === this.reported || this.reportedAt === -Infinity) this.reportedAt = now;
      this.sentUntil = now;
    }
    if (this.sentUntil >= now + LEAD_MS) return null;
    const frame = this.take(Math.min(FRAME_SAMPLES, this.waiting));
    this.frames.sent += 1;
    if (now - dueAt > LATE_MS) this.frames.late += 1;
    this.sent += frame.length;
    this.sentUntil += frame.length / SAMPLES_PER_MS;
    return frame;
  }

  /** Drops what waits here and, with the new epoch, at the page. */
  clear(now: number): void {
    this.playedBefore = this.played(now);
    this.queue.length = 0;
    this.waiting = 0;
    this.epoch += 1;
    this.sentUntil = this.reportedAt = -Infinity;
    this.sent = this.reported = this.told = 0;
  }

  /** Takes what the page says: so many samples of this epoch were played. */
  report(epoch: number, samples: number, now: number): void {
    if (epoch !== this.epoch) return;
    this.reported = between(this.reported, samples, this.sent);
    this.reportedAt = now;
  }

  /** Samples that the person heard: as the page says, but neither sooner than sound can be played nor much later. */
  played(now: number): number {
    const ahead = Math.max(0, this.sentUntil - now);
    const soonest = this.sent - ahead * SAMPLES_PER_MS;
    const latest = this.sent - Math.max(0, this.sentUntil - now + MAX_LAG_MS) * SAMPLES_PER_MS;
    const since = between(0, now - this.reportedAt, REPORT_INTERVAL_MS);
    const likely = this.reportedAt === -Infinity ? 0 : this.reported + since * SAMPLES_PER_MS;
    const samples = Math.floor(between(Math.max(0, latest), likely, Math.max(0, soonest)));
    this.told = Math.max(this.told, samples);
    return this.playedBefore + this.told;
  }

  private take(count: number): Int16Array {
    const frame = new Int16Array(count);
    let filled = 0;
    while (filled < count) {
      const part = this.queue[0].subarray(0, count - filled);
      frame.set(part, filled);
      filled += part.length;
      if (part.length === this.queue[0].length) this.queue.shift();
      else this.queue[0] = this.queue[0].subarray(part.length);
    }
    this.waiting -= count;
    return frame;
  }
}
