import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { FailOver } from '../../common/fail-over.js';
import { Providers } from '../../common/providers.js';
import { SystemTimers } from '../../common/timers.js';
import { isKnown } from '../../config/api-server.js';
import { Deepgram } from './deepgram.js';
import { DeepgramSettings } from './deepgram.settings.js';
import { findPocketsphinx } from './pocketsphinx-program.js';
import { PocketsphinxRecognizer } from './pocketsphinx-recognizer.js';
import { RecognitionSettings } from './recognition.settings.js';
import { RecognizerChain } from './recognizer-chain.js';
import type { SpeechRecognizer } from './speech-recognizer.js';
import { TranscriptionServer } from './transcription-server.js';

/** The recognizers that the settings name and this machine has, in the order in which they are tried. */
@Injectable()
export class Recognizers {
  private readonly all: SpeechRecognizer[] = [];
  private readonly failOver: FailOver<SpeechRecognizer>;

  constructor(settings: RecognitionSettings, deepgram: DeepgramSettings, providers: Providers, clock: Clock) {
    const timers = new SystemTimers();
    const { server, POCKETSPHINX } = settings;
    if (deepgram.DEEPGRAM_API_KEY !== undefined) this.all.push(new Deepgram(deepgram, timers));
    if (isKnown(server)) this.all.push(new TranscriptionServer(server, timers));
    const files = POCKETSPHINX === 'on' ? findPocketsphinx() : null;
    if (files) this.all.push(new PocketsphinxRecognizer(files, timers));
    this.failOver = new FailOver({ part: 'speech-to-text', providers, clock, timers });
    providers.announce(
      'speech-to-text',
      this.all.map(({ name }) => name),
    );
  }

  /** Returns null when no recognizer knows the language: turns are then described by their length. */
  for(language: string): SpeechRecognizer | null {
    const those = this.all.filter((recognizer) => recognizer.knows(language));
    return those.length > 0 ? new RecognizerChain(those, this.failOver) : null;
  }
}
