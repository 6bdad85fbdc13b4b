import { Timers } from '../common/timers.js';
import { SpeechSynthesizer } from '../speech/synthesis/speech-synthesizer.js';
import { LineCall } from '../telephony/phone-line.js';
import { Playback } from './playback.js';
import { SoundMaker } from './sound-maker.js';
import { hasWords, makeSpeakable } from './speakable.js';
import { heardText, Segment } from './speech.js';

/** How much of the agent's speech was heard. */
export interface Spoken {
  /** The heard part of the text; empty when nothing was heard. */
  text: string;
  segments: Segment[];
  /** Samples heard. */
  heard: number;
  startedAt: number;
  endedAt: number;
  isCut: boolean;
}

export interface SpeakerListener {
  /** The first sound of a segment is on its way to the line. */
  sounding(segment: Segment): void;
  /** All was heard, or it was cut off. */
  spoken(spoken: Spoken): void;
  /** The synthesizer failed. */
  speechless(): void;
  heard(samples: Int16Array): void;
}

/** Speaks one thing at a time. Its segments may be added while it is being spoken. */
export class Speaker {
  readonly playback: Playback;
  /** True while the current speech must not be interrupted. */
  mustBeHeard = false;
  private readonly sounds: SoundMaker;
  private segments: Segment[] = [];
  private waiting: Segment[] = [];
  private abort = new AbortController();
  private isMaking = false;
  /** Nothing more will be added. */
  private isComplete = true;
  private isOver = true;
  private startedAt: number | null = null;
  private made = 0;
  private quietWaiters: (() => void)[] = [];

  constructor(
    private readonly timers: Timers,
    line: LineCall,
    synthesizer: SpeechSynthesizer,
    voiceId: string | null,
    private readonly listener: SpeakerListener,
  ) {
    this.sounds = new SoundMaker(timers, synthesizer, voiceId);
    this.playback = new Playback(
      timers,
      line,
      (samples) => listener.heard(samples),
      () => this.checkOver(),
    );
  }

  /** True while something is being said or about to be. */
  get isSpeaking(): boolean {
    return !this.isOver;
  }

  /** True while its sound is on the line. */
  get isAudible(): boolean {
    return !this.isOver && this.startedAt !== null && !this.playback.isPlayed && !this.playback.isHeld;
  }

  /** Segments of the current or last speech. */
  get said(): Segment[] {
    return this.segments;
  }

  /** Begins a new speech; cuts off the one before. */
  begin(): void {
    this.cut();
    this.playback.start();
    [this.segments, this.waiting, this.made, this.startedAt] = [[], [], 0, null];
    [this.isComplete, this.isOver, this.isMaking] = [false, false, false];
    this.abort = new AbortController();
  }

  /** Begins a new speech that is played only from `letGo` on. */
  beginHeld(): void {
    this.begin();
    this.playback.hold();
  }

  letGo(): void {
    if (this.isOver || !this.playback.isHeld) return;
    if (this.segments.some(({ samples }) => samples > 0)) this.startedAt ??= this.timers.now();
    const { heard } = this.playback;
    this.playback.resume();
    for (const segment of this.segments) {
      if (segment.samples > 0 && segment.start >= heard) this.listener.sounding(segment);
    }
    this.checkOver();
  }

  /** Adds a sentence or clause. Returns null when nothing in it can be spoken. */
  say(text: string, isFiller = false): Segment | null {
    if (this.isOver || this.isComplete || !hasWords(makeSpeakable(text))) return null;
    const segment: Segment = { text, start: 0, samples: 0, isWhole: false, isFiller };
    this.segments.push(segment);
    this.waiting.push(segment);
    void this.makeSounds(this.abort.signal);
    return segment;
  }

  /** Marks the speech as complete: nothing more will be added. */
  complete(): void {
    this.isComplete = true;
    this.checkOver();
  }

  /** Begins and completes a speech of these texts. */
  sayAll(...texts: string[]): void {
    this.begin();
    for (const text of texts) this.say(text);
    this.complete();
  }

  /** Silences the line, then stops the synthesizer, then calls `stopOthers`. */
  cut(stopOthers: () => void = () => {}): void {
    if (this.isOver) return stopOthers();
    this.playback.hold();
    this.abort.abort();
    stopOthers();
    this.finish(!(this.isComplete && this.isAllMade && this.playback.isPlayed));
  }

  /** Resolves when everything added so far was heard or cut off. */
  whenQuiet(): Promise<void> {
    return new Promise((resolve) => {
      this.quietWaiters.push(resolve);
      this.checkOver();
    });
  }

  close(): void {
    this.cut();
    this.playback.close();
  }

  private get isAllMade(): boolean {
    return this.waiting.length === 0 && !this.isMaking;
  }

  /** One after another, so that they are heard in their order. */
  private async makeSounds(signal: AbortSignal): Promise<void> {
    if (this.isMaking) return;
    this.isMaking = true;
    for (let segment = this.waiting.shift(); segment; segment = this.waiting.shift()) {
      const isMade = await this.makeSound(segment, signal);
      if (signal.aborted) return;
      segment.isWhole = true;
      if (!isMade) {
        this.isMaking = false;
        return this.listener.speechless();
      }
    }
    this.isMaking = false;
    this.checkOver();
  }

  private makeSound(segment: Segment, signal: AbortSignal): Promise<boolean> {
    segment.start = this.made;
    return this.sounds.make(makeSpeakable(segment.text), signal, (samples) => {
      if (signal.aborted) return;
      const isFirst = segment.samples === 0;
      segment.samples += samples.length;
      this.made += samples.length;
      this.playback.add(samples);
      if (this.playback.isHeld || !isFirst) return;
      this.startedAt ??= this.timers.now();
      this.listener.sounding(segment);
    });
  }

  private checkOver(): void {
    const isQuiet = this.isAllMade && this.playback.isPlayed && !this.playback.isHeld;
    if (!this.isOver && this.isComplete && isQuiet) return this.finish(false);
    if (this.isOver || isQuiet) for (const resolve of this.quietWaiters.splice(0)) resolve();
  }

  private finish(isCut: boolean): void {
    this.isOver = true;
    for (const resolve of this.quietWaiters.splice(0)) resolve();
    const { segments, startedAt } = this;
    const { heard, silentSince } = this.playback;
    // What the person said may be known only some time after they cut in.
    const endedAt = silentSince ?? this.timers.now();
    const text = heardText(segments, heard);
    this.listener.spoken({ text, segments, heard, startedAt: startedAt ?? endedAt, endedAt, isCut });
  }
}
