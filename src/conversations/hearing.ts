import { FRAME_MS } from '../common/sound.js';
import { Timers } from '../common/timers.js';
import { Recognition, SpeechRecognizer } from '../speech/recognition/speech-recognizer.js';
import { VoiceActivity } from '../speech/voice-activity.js';
import { TurnDetector, TurnListener } from './turn-detector.js';

/** A recognizer that returns no word for so much voice is reopened. */
const MUTE_MS = 10_000;
const MAX_OPENINGS = 4;
const MAX_WORDS = 4000;

/** Turns the person's sound into voice activity, words and turns. It never gets the agent's sound. */
export class Hearing {
  private recognition: Recognition | null = null;
  private openings = 0;
  private voicedWithoutWordsMs = 0;
  private isClosed = false;
  private isDeaf = false;
  readonly turns: TurnDetector;

  constructor(
    timers: Timers,
    private readonly voiceActivity: VoiceActivity,
    private readonly recognizer: SpeechRecognizer | null,
    private readonly language: string,
    listener: TurnListener,
  ) {
    this.turns = new TurnDetector(timers, () => this.hasWords, {
      voice: (milliseconds) => listener.voice(milliseconds),
      voiceStopped: () => {
        this.finishTurn();
        listener.voiceStopped();
      },
      words: (text) => listener.words(text),
      turnEnded: (turn) => listener.turnEnded(turn),
    });
  }

  /** True while words may be recognized. When no recognizer could be opened, turns are described by their length instead. */
  get hasWords(): boolean {
    return this.recognizer !== null && !this.isDeaf;
  }

  /** Must be called when the call is answered. */
  open(): void {
    this.recognition?.close();
    this.recognition = null;
    this.isDeaf = this.openings >= MAX_OPENINGS;
    if (!this.recognizer || this.isDeaf || this.isClosed) return;
    this.openings += 1;
    this.voicedWithoutWordsMs = 0;
    const opening = this.openings;
    const isCurrent = () => opening === this.openings && !this.isClosed;
    this.recognition = this.recognizer.open(this.language, {
      interim: (text) => isCurrent() && this.words(() => this.turns.interimWords(text.slice(0, MAX_WORDS))),
      final: (text) => isCurrent() && this.words(() => this.turns.finalWords(text.slice(0, MAX_WORDS))),
      failed: () => isCurrent() && this.open(),
    });
  }

  frame(samples: Int16Array): boolean {
    const isVoiced = this.voiceActivity.isVoiced(samples);
    this.recognition?.write(samples);
    this.turns.frame(isVoiced);
    if (isVoiced && this.recognition) {
      this.voicedWithoutWordsMs += FRAME_MS;
      if (this.voicedWithoutWordsMs >= MUTE_MS) this.open();
    }
    return isVoiced;
  }

  close(): void {
    this.isClosed = true;
    this.recognition?.close();
    this.turns.close();
    this.voiceActivity.close();
  }

  private words(tell: () => void): void {
    this.voicedWithoutWordsMs = 0;
    tell();
  }

  private finishTurn(): void {
    const opening = this.openings;
    void this.recognition?.finishTurn().then(() => {
      if (opening === this.openings && !this.isClosed) this.turns.wordsAreFinal();
    });
  }
}
