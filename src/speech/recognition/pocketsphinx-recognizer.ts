import { usableCores } from '../../common/cores.js';
import { Places } from '../../common/places.js';
import { Timers } from '../../common/timers.js';
import type { PocketsphinxFiles } from './pocketsphinx-program.js';
import { type PocketsphinxParts, PocketsphinxTurn } from './pocketsphinx-turn.js';
import type { Recognition, RecognitionListener, SpeechRecognizer } from './speech-recognizer.js';
import { TurnByTurn } from './turn-by-turn.js';

/** Processes at a time for each core: one is busy for less than a fifth of the time of speech. Each has 100 MB. */
const PROCESSES_PER_CORE = 4;

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
    return new TurnByTurn(() => new PocketsphinxTurn(this.parts), listener);
  }
}
