import { FRAME_SAMPLES, SAMPLE_RATE } from '../../common/sound.js';

/** The jitter buffer and the network of the far end: sound is heard so long after it was sent, at most. */
const HEARD_AFTER_FRAMES = 5;
/** Five minutes: more waits for no conversation. */
const MAX_SAMPLES = SAMPLE_RATE * 300;

/** Sound that waits for its turn, a frame every 20 ms, and what the person heard of it. */
export class OutgoingFrames {
  epoch = 0;
  /** Samples of this epoch that were sent. */
  sent = 0;
  /** Samples of all epochs that were heard. */
  heard = 0;
  private readonly queue: Int16Array[] = [];
  private waiting = 0;
  private total = 0;
  /** What had been sent in all at the last ticks. */
  private readonly history: number[] = new Array<number>(HEARD_AFTER_FRAMES).fill(0);

  add(samples: Int16Array): void {
    if (this.waiting + samples.length > MAX_SAMPLES) return;
    this.queue.push(samples);
    this.waiting += samples.length;
  }

  clear(epoch: number): void {
    this.queue.length = 0;
    this.waiting = 0;
    this.sent = 0;
    this.epoch = epoch;
  }

  /** The frame of this tick, filled up with silence at its end; null when nothing waits. To be called at each tick. */
  take(): Int16Array | null {
    this.history.push(this.total);
    this.heard = this.history.shift() ?? 0;
    if (this.waiting === 0) return null;
    const frame = new Int16Array(FRAME_SAMPLES);
    let filled = 0;
    while (filled < FRAME_SAMPLES && this.queue.length > 0) {
      const part = this.queue[0].subarray(0, FRAME_SAMPLES - filled);
      frame.set(part, filled);
      filled += part.length;
      if (part.length === this.queue[0].length) this.queue.shift();
      else this.queue[0] = this.queue[0].subarray(part.length);
    }
    this.waiting -= filled;
    this.sent += filled;
    this.total += filled;
    return frame;
  }
}
