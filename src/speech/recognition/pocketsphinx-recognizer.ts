import { usableCores } from '../../common/cores.js';
import { Places } from '../../common/places.js';
import { ProviderError } from '../../common/provider-error.js';
import { Timers } from '../../common/timers.js';
import type { PocketsphinxFiles } from './pocketsphinx-program.js';
import { type PocketsphinxParts, PocketsphinxTurn } from './pocketsphinx-turn.js';
import type { Recognition, RecognitionListener, SpeechRecognizer } from './speech-recognizer.js';

/** Processes at a time for each core: one is busy for less than a fifth of the time of speech. Each has 100 MB. */
const PROCESSES_PER_CORE = 4;
/** So much of what came before a sound is heard along with it: 400 ms. */
const LEAD_FRAMES = 20;
/** After so many quiet frames without the end of a turn there was none: it was noise. 3 s. */
const QUIET_FRAMES = 150;
/** Mean size of the samples of what may be speech; below that a process is not worth starting. */
const LOUD = 40;

function isLoud(frame: Int16Array): boolean {
  return frame.reduce((sum, sample) => sum + Math.abs(sample), 0) > LOUD * frame.length;
}

/** The turns of one call, each with a process of its own, which starts with the first sound. */
class PocketsphinxRecognition implements Recognition {
  private lead: Int16Array[] = [];
  private turn: PocketsphinxTurn | null = null;
  private quietFrames = 0;
  private readonly finishing = new Set<PocketsphinxTurn>();
  /** Words are told in the order of their turns. */
  private told: Promise<void> = Promise.resolve();
  private isOver = false;

  constructor(
    private readonly parts: PocketsphinxParts,
    private readonly listener: RecognitionListener,
  ) {}

  write(frame: Int16Array): void {
    if (this.isOver) return;
    const isSound = isLoud(frame);
    this.quietFrames = isSound ? 0 : this.quietFrames + 1;
    if (this.turn) {
      this.turn.write(frame);
      if (this.quietFrames >= QUIET_FRAMES) this.drop();
      return;
    }
    this.lead = [...this.lead.slice(1 - LEAD_FRAMES), frame.slice()];
    if (!isSound) return;
    this.turn = new PocketsphinxTurn(this.parts);
    for (const earlier of this.lead.splice(0)) this.turn.write(earlier);
  }

  finishTurn(): Promise<void> {
    const { turn } = this;
    this.turn = null;
    if (!turn || this.isOver) return this.told;
    this.finishing.add(turn);
    const words = turn.finish();
    // Handled below, maybe later.
    words.catch(() => undefined);
    this.told = this.told.then(() => this.tell(turn, words));
    return this.told;
  }

  close(): void {
    this.isOver = true;
    this.drop();
    for (const turn of this.finishing) turn.close();
  }

  private drop(): void {
    this.turn?.close();
    this.turn = null;
  }

  private async tell(turn: PocketsphinxTurn, words: Promise<string>): Promise<void> {
    try {
      const text = await words;
      if (!this.isOver) this.listener.final(text);
    } catch (error) {
      if (this.isOver) return;
      this.close();
      this.listener.failed(error as ProviderError);
    } finally {
      this.finishing.delete(turn);
    }
  }
}

/** Recognizes English with CMU Pocketsphinx, a program of this machine: a process a turn, and of these a bounded number at a time. */
export class PocketsphinxRecognizer implements SpeechRecognizer {
  readonly name = 'pocketsphinx';
  private readonly parts: PocketsphinxParts;

  constructor(files: PocketsphinxFiles, timers: Timers, places = new Places(PROCESSES_PER_CORE * usableCores())) {
    this.parts = { files, places, timers };
  }

  knows(language: string): boolean {
    return /^en\b/i.test(language);
  }

  open(_language: string, listener: RecognitionListener): Recognition {
    return new PocketsphinxRecognition(this.parts, listener);
  }
}
