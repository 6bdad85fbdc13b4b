import { Injectable } from '@nestjs/common';
import { Providers } from '../../common/providers.js';
import { SystemTimers } from '../../common/timers.js';
import { findPocketsphinx } from './pocketsphinx-program.js';
import { PocketsphinxRecognizer } from './pocketsphinx-recognizer.js';
import { RecognitionSettings } from './recognition.settings.js';
import type { SpeechRecognizer } from './speech-recognizer.js';

/** The recognizers that the settings name and this machine has, in the order in which they are tried. */
@Injectable()
export class Recognizers {
  readonly all: SpeechRecognizer[];

  constructor(settings: RecognitionSettings, providers: Providers) {
    const files = settings.POCKETSPHINX === 'on' ? findPocketsphinx() : null;
    this.all = files ? [new PocketsphinxRecognizer(files, new SystemTimers())] : [];
    providers.announce(
      'speech-to-text',
      this.all.map(({ name }) => name),
    );
  }

  /** Null: nobody here understands this language, and turns are told by their length. */
  for(language: string): SpeechRecognizer | null {
    return this.all.find((recognizer) => recognizer.knows(language)) ?? null;
  }
}
