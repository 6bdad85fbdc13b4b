import { FRAME_MS } from '../common/sound.js';
import { Timers } from '../common/timers.js';
import { Recognition, SpeechRecognizer } from '../speech/recognition/speech-recognizer.js';
import { VoiceActivity } from '../speech/voice-activity.js';
import { TurnDetector, TurnListener } from './turn-detector.js';

/** A recognizer that hears so much voice without a word is opened anew. */
const MUTE_MS = 10_000;
const MAX_OPENINGS = 4;
const MAX_WORDS = 4000;

/** Hears the person: their sound becomes voice, words and turns. The agent's own sound never comes here. */
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

  /** Words may come. Where every opening failed none will, and turns are told by their length. */
  get hasWords(): boolean {
    return this.recognizer !== null && !this.isDeaf;
  }

  /** To be called at the answer. */
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
