import { FRAME_MS, SAMPLE_RATE } from '../common/sound.js';
import { Timers } from '../common/timers.js';
import { LineCall } from '../telephony/phone-line.js';

/** Longest piece of sound that is passed on at once: a second. */
const PIECE_SAMPLES = SAMPLE_RATE;
/** The agent's volume while it is not clear yet whether the person interrupts. */
const DUCKED_GAIN = 0.25;

function scaled(samples: Int16Array, gain: number): Int16Array {
  return gain === 1 ? samples : samples.map((sample) => sample * gain);
}

/**
 * Plays the agent's current speech. All of its sound is kept until the next speech starts, so that it can be stopped and resumed where the
 * person stopped hearing it.
 */
export class Playback {
  private pieces: Int16Array[] = [];
  private length = 0;
  /** The line's count of played samples at which this sound began. */
  private origin: number;
  /** Samples heard when it was held; null while it plays. */
  private heldAt: number | null = null;
  /** When it was held; null while it plays. */
  silentSince: number | null = null;
  private gain = 1;
  private reported = 0;
  private stopWatching?: () => void;

  constructor(
    private readonly timers: Timers,
    private readonly line: LineCall,
    /** What was heard since the last time. */
    private readonly heardMore: (samples: Int16Array) => void,
    /** Called every 20 ms while sound waits or plays, and once when all of it was played. */
    private readonly progressed: () => void,
  ) {
    this.origin = line.playedSamples;
  }

  /** Number of samples that the person has heard. */
  get heard(): number {
    return this.heldAt ?? Math.max(0, Math.min(this.length, this.line.playedSamples - this.origin));
  }

  get isPlayed(): boolean {
    return this.heard >= this.length;
  }

  get isHeld(): boolean {
    return this.heldAt !== null;
  }

  /** Begins a new sound; what was left of the last one is dropped. */
  start(): void {
    if (!this.isPlayed) this.line.clear();
    this.report();
    this.pieces = [];
    [this.length, this.reported, this.gain, this.heldAt, this.silentSince] = [0, 0, 1, null, null];
    this.origin = this.line.playedSamples;
  }

  add(samples: Int16Array): void {
    this.pieces.push(samples);
    this.length += samples.length;
    if (this.isHeld) return;
    this.line.play(scaled(samples, this.gain));
    this.watch();
  }

  /** Silences the line at once. Sound that was not heard is kept for `resume`. */
  hold(): void {
    if (this.isHeld) return;
    const heard = this.heard;
    this.line.clear();
    this.heldAt = heard;
    this.silentSince = this.timers.now();
    this.close();
  }

  resume(): void {
    if (this.heldAt === null) return;
    const heard = this.heldAt;
    this.heldAt = this.silentSince = null;
    this.origin = this.line.playedSamples - heard;
    for (const piece of this.from(heard, this.length)) this.line.play(scaled(piece, this.gain));
    this.watch();
  }

  duck(): void {
    this.setGain(DUCKED_GAIN);
  }

  unduck(): void {
    this.setGain(1);
  }

  close(): void {
    this.report();
    this.stopWatching?.();
    this.stopWatching = undefined;
  }

  private setGain(gain: number): void {
    if (gain === this.gain) return;
    if (this.isHeld || this.isPlayed) return void (this.gain = gain);
    this.hold();
    this.gain = gain;
    this.resume();
  }

  private watch(): void {
    this.stopWatching ??= this.timers.after(FRAME_MS, () => {
      this.stopWatching = undefined;
      this.report();
      if (!this.isPlayed && !this.isHeld) this.watch();
      this.progressed();
    });
  }

  private report(): void {
    const heard = this.heard;
    for (const piece of this.from(this.reported, heard)) this.heardMore(scaled(piece, this.gain));
    this.reported = heard;
  }

  /** Yields the sound between two samples in pieces of at most a second. */
  private *from(start: number, end: number): Iterable<Int16Array> {
    let offset = 0;
    for (const piece of this.pieces) {
      const first = Math.max(0, start - offset);
      const last = Math.min(piece.length, end - offset);
      for (let at = first; at < last; at += PIECE_SAMPLES) {
        yield piece.subarray(at, Math.min(last, at + PIECE_SAMPLES));
      }
      offset += piece.length;
    }
  }
}
