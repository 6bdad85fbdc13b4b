import { SAMPLE_RATE } from '../../common/sound.js';
import { MOMENT_BYTES } from './wav.js';

const SAMPLES_PER_MS = SAMPLE_RATE / 1000;
/** Sound that comes less late than this follows what came before: the network and the timers are no more punctual. */
const JITTER_SAMPLES = 60 * SAMPLES_PER_MS;
/** After a pause, so long it shows whether sound was missing, or late and comes all at once. */
const HOLD_MS = 60;
/** Sound this far ahead of the clock is dropped, or a side that sends too much would move away from the other one. */
const MAX_AHEAD_SAMPLES = SAMPLE_RATE;
const WINDOW_SAMPLES = 4 * SAMPLE_RATE;

function samplesUntil(atMs: number): number {
  return Math.floor(atMs * SAMPLES_PER_MS);
}

/** Returns the length of a recording at this moment, bytes. */
export function bytesUntil(atMs: number): number {
  return samplesUntil(atMs) * MOMENT_BYTES;
}

/** One side of a call on its time line. */
class Track {
  private held: Int16Array[] = [];
  private heldSamples = 0;
  private heldSince = 0;
  private heardAt = 0;

  /** `place` returns where the sound ends. */
  constructor(
    private end: number,
    private readonly place: (samples: Int16Array, at: number) => number,
  ) {}

  /** Adds sound that ended at this moment, as far as the clock knows. */
  add(samples: Int16Array, atMs: number): void {
    const clock = atMs * SAMPLES_PER_MS;
    if (this.end - clock > MAX_AHEAD_SAMPLES) return;
    const isLate = clock - samples.length - this.end > JITTER_SAMPLES;
    if (this.held.length === 0 && !isLate) return this.append(samples);
    if (this.held.length === 0) this.heldSince = atMs;
    // The line may reuse its buffer.
    this.held.push(samples.slice());
    this.heldSamples += samples.length;
    this.heardAt = atMs;
    this.release(atMs);
  }

  /** Places sound that was held for long enough: all of it ended with the last of it. */
  release(atMs: number): void {
    if (this.held.length === 0 || atMs - this.heldSince < HOLD_MS) return;
    this.end = Math.max(this.end, Math.round(this.heardAt * SAMPLES_PER_MS) - this.heldSamples);
    for (const samples of this.held) this.append(samples);
    this.held = [];
    this.heldSamples = 0;
  }

  /** Where its sound ends, once nothing is held any more. */
  close(): number {
    this.release(Infinity);
    return this.end;
  }

  private append(samples: Int16Array): void {
    this.end = this.place(samples, this.end);
  }
}

/**
 * Both sides of a call on one time line, which begins with the answer: the person left, the agent right, silence where nobody was heard.
 * It holds a few seconds; the rest was taken already.
 */
export class StereoMix {
  private readonly window = new Int16Array(2 * WINDOW_SAMPLES);
  /** Moment of the window's beginning, in samples. */
  private from: number;
  private readonly tracks: Record<'person' | 'agent', Track>;

  /** What was heard before this moment is left to the caller. */
  constructor(atMs: number) {
    this.from = samplesUntil(atMs);
    this.tracks = {
      person: new Track(this.from, (samples, at) => this.place(samples, at, 0)),
      agent: new Track(this.from, (samples, at) => this.place(samples, at, 1)),
    };
  }

  add(side: 'person' | 'agent', samples: Int16Array, atMs: number): void {
    this.tracks[side].add(samples, atMs);
  }

  /** Takes all that was heard before this moment, in pieces of at most a few seconds. What comes for it later is heard after it. */
  *takeUntil(atMs: number): Generator<Buffer> {
    for (const track of Object.values(this.tracks)) track.release(atMs);
    yield* this.takeSamples(samplesUntil(atMs));
  }

  /** Takes the rest of a call that is over at this moment. */
  *takeRest(atMs: number): Generator<Buffer> {
    const ends = Object.values(this.tracks).map((track) => track.close());
    yield* this.takeSamples(Math.max(...ends, samplesUntil(atMs)));
  }

  private *takeSamples(until: number): Generator<Buffer> {
    while (this.from < until) {
      const count = Math.min(until - this.from, WINDOW_SAMPLES);
      const piece = Buffer.from(new Uint8Array(this.window.buffer, 0, count * MOMENT_BYTES));
      this.window.copyWithin(0, 2 * count);
      this.window.fill(0, this.window.length - 2 * count);
      this.from += count;
      yield piece;
    }
  }

  /** Returns where the sound ends. What does not fit the window, after a process stood still for seconds, is lost. */
  private place(samples: Int16Array, at: number, channel: 0 | 1): number {
    const start = Math.max(at, this.from);
    const first = 2 * (start - this.from) + channel;
    for (let i = 0; i < samples.length && first + 2 * i < this.window.length; i += 1) {
      this.window[first + 2 * i] = samples[i];
    }
    return start + samples.length;
  }
}
