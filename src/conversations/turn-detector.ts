import { Timers } from '../common/timers.js';

/** Speech begins with so many voiced frames among the last ones: 60 ms of 100. */
const START_FRAMES = 3;
const START_WINDOW = 5;
const FRAME_MS = 20;
/** Speech stops after so long without voice. */
const STOP_MS = 300;
/** Pause that ends a turn; shorter when the words sound finished. */
const END_MS = 500;
const LONG_END_MS = 1200;
/** Longest wait for words that are missing or may still change. */
const WORDS_MS = 2000;
const NO_WORDS_MS = 2500;
const BLIP_MS = 700;
const SHORT_ANSWER_WORDS = 2;
/** Last words after which people go on speaking. */
const HESITATION = /\b(?:um+|uh+|er+|and|but|so|or|because|the|an?|to|of|my|is|well|like)$/i;

/** A turn of the person. */
export interface Turn {
  /** Empty when no words were recognized. */
  text: string;
  startedAt: number;
  endedAt: number;
  voicedMs: number;
  /** From the last sound to the last words, milliseconds; null when nothing was recognized. */
  speechToTextMs: number | null;
}

/** Returns true for a sound without words that is too short to be speech. */
export function isBlip({ text, voicedMs }: Turn): boolean {
  return text === '' && voicedMs < BLIP_MS;
}

/** Returns the words of a turn or, when they are unknown, how long it was. */
export function shownWords({ text, voicedMs }: Turn): string {
  return text || `[speech ${(voicedMs / 1000).toFixed(1)} s]`;
}

export interface TurnListener {
  /** The person has spoken for so long without a pause. */
  voice(milliseconds: number): void;
  voiceStopped(): void;
  /** The words of the turn so far. */
  words(text: string): void;
  turnEnded(turn: Turn): void;
}

/** Returns true when words sound like the end of a sentence. */
function soundsFinished(text: string): boolean {
  if (/[.?!…。！？]["')]*$/.test(text)) return true;
  return text.split(/\s+/).length <= SHORT_ANSWER_WORDS && !HESITATION.test(text);
}

/** Detects when the person's turn ends, from voice activity and recognized words. */
export class TurnDetector {
  private recent: boolean[] = [];
  private isSpeaking = false;
  private spokeMs = 0;
  private lastVoiceAt = 0;
  private stoppedAt = 0;
  private startedAt: number | null = null;
  private voicedMs = 0;
  private finals: string[] = [];
  private interim = '';
  private lastWordsAt: number | null = null;
  /** True when the recognizer will return no more words for the speech before the last pause. */
  private areWordsFinal = false;
  private cancelStop?: () => void;
  private cancelEnd?: () => void;

  constructor(
    private readonly timers: Timers,
    /** Returns false when no words can be recognized: turns then end by sound alone. */
    private readonly hasWords: () => boolean,
    private readonly listener: TurnListener,
  ) {}

  get isActive(): boolean {
    return this.startedAt !== null;
  }

  frame(isVoiced: boolean): void {
    this.recent = [...this.recent.slice(1 - START_WINDOW), isVoiced];
    if (isVoiced) this.lastVoiceAt = this.timers.now();
    if (!this.isSpeaking) {
      if (this.recent.filter(Boolean).length >= START_FRAMES) this.start();
      return;
    }
    this.spokeMs += FRAME_MS;
    if (!isVoiced) return;
    this.voicedMs += FRAME_MS;
    this.listener.voice(this.spokeMs);
  }

  interimWords(text: string): void {
    this.interim = text;
    this.heardWords();
  }

  finalWords(text: string): void {
    this.interim = '';
    if (text.trim() !== '') this.finals.push(text.trim());
    this.heardWords();
  }

  /** The recognizer has returned all words of the speech before the last pause. */
  wordsAreFinal(): void {
    this.areWordsFinal = true;
    this.schedule();
  }

  close(): void {
    this.cancelStop?.();
    this.cancelEnd?.();
  }

  private get text(): string {
    return [...this.finals, this.interim.trim()].filter((part) => part !== '').join(' ');
  }

  private start(): void {
    const before = START_FRAMES * FRAME_MS;
    this.isSpeaking = true;
    this.areWordsFinal = false;
    this.spokeMs = before;
    this.voicedMs += before;
    this.startedAt ??= this.timers.now() - before;
    this.cancelEnd?.();
    this.watchForStop(STOP_MS);
  }

  /** Uses a timer: frames may stop arriving. */
  private watchForStop(milliseconds: number): void {
    this.cancelStop = this.timers.after(milliseconds, () => {
      const left = this.lastVoiceAt + STOP_MS - this.timers.now();
      if (left > 0) return this.watchForStop(left);
      this.isSpeaking = false;
      this.recent = [];
      this.stoppedAt = this.timers.now();
      this.schedule();
      this.listener.voiceStopped();
    });
  }

  private heardWords(): void {
    if (this.text === '') return;
    const now = this.timers.now();
    this.lastWordsAt = now;
    if (this.startedAt === null) {
      // Words without voice: a quiet speaker, or words that come late.
      this.startedAt = now;
      this.lastVoiceAt = now;
      this.stoppedAt = now;
    }
    this.listener.words(this.text);
    this.schedule();
  }

  private schedule(): void {
    if (this.isSpeaking || this.startedAt === null) return;
    this.cancelEnd?.();
    const left = this.stoppedAt + this.patienceMs() - this.timers.now();
    this.cancelEnd = this.timers.after(Math.max(0, left), () => this.end());
  }

  private patienceMs(): number {
    if (!this.hasWords()) return LONG_END_MS;
    if (this.text === '') return NO_WORDS_MS;
    if (this.interim !== '' && !this.areWordsFinal) return WORDS_MS;
    return soundsFinished(this.text) ? END_MS : LONG_END_MS;
  }

  private end(): void {
    const { text, lastVoiceAt, voicedMs, lastWordsAt } = this;
    const startedAt = this.startedAt ?? lastVoiceAt;
    const speechToTextMs = lastWordsAt === null ? null : Math.max(0, lastWordsAt - lastVoiceAt);
    [this.finals, this.interim, this.startedAt, this.lastWordsAt, this.voicedMs] = [[], '', null, null, 0];
    this.listener.turnEnded({ text, startedAt, endedAt: lastVoiceAt, voicedMs, speechToTextMs });
  }
}
