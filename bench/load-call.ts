import { FRAME_SAMPLES, SAMPLE_RATE } from '../src/common/sound.js';

const SAMPLES_PER_MS = SAMPLE_RATE / 1000;
/** The person speaks when the agent has been quiet for so long. */
const PAUSE_MS = 500;
/** The person cuts in when the agent has spoken for so long. */
const CUT_IN_AFTER_MS = 800;
/** The frame of voice with which a conversation stops its agent: 350 ms of it. */
const STOPPING_FRAME = 18;
const VOICE_FRAMES = 45;
/** No sound for so long: the agent fell silent. */
const SILENCE_MS = 300;
const QUIET = new Int16Array(FRAME_SAMPLES);

/** A vowel, which a detector of voice takes for one. */
const VOWEL = new Int16Array(FRAME_SAMPLES).map((_, i) => {
  const tones = [1, 2, 3, 4, 5, 6].map((n) => Math.sin((2 * Math.PI * 150 * n * i) / SAMPLE_RATE) / n);
  return 6000 * tones.reduce((sum, tone) => sum + tone, 0);
});

/** Times of all calls, milliseconds. */
export interface CallTimes {
  /** From the acceptance to the first sound. */
  greeting: number[];
  /** From typed words to the first sound of the answer. */
  turn: number[];
  /** From the frame of voice that stops the agent to its silence. */
  bargeIn: number[];
}

/** The person of one call: hears it out, asks, and cuts into every second answer by voice. */
export class LoadCall {
  isOver = false;
  private readonly acceptedAt = performance.now();
  private epoch = 0;
  private received = 0;
  private played = 0;
  private playedAt = 0;
  private isGreeted = false;
  private firstSoundAt: number | null = null;
  private lastSoundAt = performance.now();
  private askedAt: number | null = null;
  private turns = 0;
  private voiceFrames = 0;
  private stoppingAt: number | null = null;
  /** To what was said by voice. */
  private awaitsAnswer = false;
  private clearedAt: number | null = null;

  constructor(
    readonly number: number,
    private readonly times: CallTimes,
    private readonly say: (message: object) => void,
  ) {}

  sound(epoch: number, samples: number): void {
    const now = performance.now();
    if (epoch < this.epoch) return;
    // What was dropped before the answer was told to nobody.
    if (epoch > this.epoch) this.startEpoch(epoch);
    if (!this.isGreeted) this.times.greeting.push(now - this.acceptedAt);
    this.isGreeted = true;
    if (this.askedAt !== null) this.times.turn.push(now - this.askedAt);
    if (this.askedAt !== null) this.firstSoundAt = now;
    this.askedAt = null;
    this.awaitsAnswer = false;
    // It went on: what was dropped came again, quieter.
    this.clearedAt = null;
    this.received += samples;
    this.lastSoundAt = now;
  }

  cleared(epoch: number): void {
    this.startEpoch(epoch);
    this.clearedAt = performance.now();
  }

  /** The frame of the microphone that is due. */
  nextFrame(): Int16Array {
    this.act(performance.now());
    if (this.voiceFrames === 0) return QUIET;
    this.voiceFrames -= 1;
    if (VOICE_FRAMES - this.voiceFrames === STOPPING_FRAME) this.stoppingAt = performance.now();
    return VOWEL;
  }

  /** What a page tells ten times a second. */
  report(): void {
    const now = performance.now();
    if (this.received === 0) return;
    if (this.played === 0) this.playedAt = now - 100;
    this.played = Math.min(this.received, this.played + Math.round((now - this.playedAt) * SAMPLES_PER_MS));
    this.playedAt = now;
    this.say({ type: 'played', call: this.number, epoch: this.epoch, samples: this.played });
  }

  private startEpoch(epoch: number): void {
    this.epoch = epoch;
    this.received = this.played = 0;
  }

  private act(now: number): void {
    if (!this.isGreeted || this.isOver) return;
    if (this.stoppingAt !== null && this.clearedAt !== null && now - this.clearedAt > SILENCE_MS) {
      this.times.bargeIn.push(Math.max(0, this.clearedAt - this.stoppingAt));
      this.stoppingAt = this.firstSoundAt = null;
      this.awaitsAnswer = true;
    }
    const mayCutIn = this.turns % 2 === 0 && this.voiceFrames === 0 && this.stoppingAt === null;
    if (mayCutIn && this.firstSoundAt !== null && now - this.firstSoundAt > CUT_IN_AFTER_MS) {
      this.voiceFrames = VOICE_FRAMES;
      this.firstSoundAt = null;
    }
    const isQuiet = this.played >= this.received && now - this.lastSoundAt > PAUSE_MS;
    if (this.askedAt !== null || this.voiceFrames > 0 || this.awaitsAnswer || this.stoppingAt !== null || !isQuiet)
      return;
    this.turns += 1;
    this.askedAt = now;
    this.say({ type: 'text', call: this.number, text: `This is question ${this.turns}.` });
  }
}
