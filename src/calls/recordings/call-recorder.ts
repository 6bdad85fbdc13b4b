import { SECOND_MS } from '../../common/clock.js';
import type { Timers } from '../../common/timers.js';
import type { RecordingFile } from './recording-store.js';
import { bytesUntil, StereoMix } from './stereo-mix.js';
import { MAX_SOUND_BYTES } from './wav.js';

const WRITE_EVERY_MS = SECOND_MS;
/** Sound that arrives at most so late is still recorded. */
const LAG_MS = 500;
/** Sound that waits for a slow store: 16 seconds. */
const MAX_WAITING_BYTES = 1024 * 1024;
const SILENCE_BYTES = 64 * 1024;

/** What became of a recording: all of it is kept, or its beginning, or nothing; `later`: the store could not complete it yet. */
export type RecordingOutcome = 'whole' | 'partial' | 'none' | 'later';

/**
 * Records one call while it goes on, without ever delaying it: a store that is too slow ends the recording. Moments are milliseconds since
 * the answer.
 */
export class CallRecorder {
  private readonly mix: StereoMix;
  private readonly opening: Promise<RecordingFile>;
  private writing: Promise<void>;
  private waitingBytes = 0;
  private writtenBytes = 0;
  private failure: Error | null = null;
  /** True after a failed write: nothing more can be appended. */
  private isBroken = false;
  private isClosed = false;
  private readonly origin: number;
  private cancelTimer: () => void = () => undefined;

  /** Begins at this moment; before it there is silence. `failed` is called once, when the recording ends before the call. */
  constructor(
    private readonly timers: Timers,
    atMs: number,
    open: () => Promise<RecordingFile>,
    private readonly failed: (error: Error) => void,
  ) {
    this.origin = timers.now() - atMs;
    this.mix = new StereoMix(atMs);
    this.opening = open();
    this.opening.catch((error: Error) => this.break(error));
    this.writing = this.writeSilence(bytesUntil(atMs));
    this.writeSoon();
  }

  sound(side: 'person' | 'agent', samples: Int16Array, atMs: number): void {
    if (!this.isClosed && !this.failure) this.mix.add(side, samples, atMs);
  }

  /** Ends the recording. Resolves when the store has finished, however long that takes. Never rejects. */
  async close(): Promise<RecordingOutcome> {
    this.isClosed = true;
    this.cancelTimer();
    if (!this.failure) this.writeAll(this.mix.takeRest(this.nowMs));
    await this.writing;
    const isClosed = await this.closeFile();
    if (this.writtenBytes === 0) return 'none';
    if (!isClosed) return 'later';
    return this.failure ? 'partial' : 'whole';
  }

  private get nowMs(): number {
    return this.timers.now() - this.origin;
  }

  private writeSoon(): void {
    this.cancelTimer = this.timers.after(WRITE_EVERY_MS, () => {
      if (this.isClosed || this.failure) return;
      this.writeAll(this.mix.takeUntil(this.nowMs - LAG_MS));
      this.writeSoon();
    });
  }

  private writeAll(pieces: Iterable<Buffer>): void {
    for (const piece of pieces) {
      if (this.failure) return;
      this.add(piece);
    }
  }

  private add(piece: Buffer): void {
    const known = this.writtenBytes + this.waitingBytes + piece.length;
    if (known > MAX_SOUND_BYTES) return this.fail(new Error('A WAV file holds no more'));
    if (this.waitingBytes + piece.length > MAX_WAITING_BYTES) return this.fail(new Error('The store is too slow'));
    this.waitingBytes += piece.length;
    this.writing = this.writing.then(() => this.write(piece));
  }

  /** What waits when the store turns out to be too slow is written all the same. */
  private async write(piece: Buffer): Promise<void> {
    try {
      if (!this.isBroken) await (await this.opening).append(piece);
      if (!this.isBroken) this.writtenBytes += piece.length;
    } catch (error) {
      this.break(error as Error);
    }
    this.waitingBytes -= piece.length;
  }

  private async writeSilence(bytes: number): Promise<void> {
    const silence = Buffer.alloc(Math.min(bytes, SILENCE_BYTES));
    for (let left = bytes; left > 0 && !this.isBroken; left -= silence.length) {
      const piece = silence.subarray(0, left);
      this.waitingBytes += piece.length;
      await this.write(piece);
    }
  }

  private async closeFile(): Promise<boolean> {
    try {
      await (await this.opening).close();
      return true;
    } catch (error) {
      this.break(error as Error);
      return false;
    }
  }

  private break(error: Error): void {
    this.isBroken = true;
    this.fail(error);
  }

  private fail(error: Error): void {
    if (this.failure) return;
    this.failure = error;
    this.cancelTimer();
    this.failed(error);
  }
}
