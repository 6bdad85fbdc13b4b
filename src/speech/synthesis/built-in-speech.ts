import { Injectable } from '@nestjs/common';
import { FliteSynthesizer } from './flite-synthesizer.js';
import { fliteVoiceOf, isFliteVoice } from './flite-voices.js';
import { SpeechCache } from './speech-cache.js';
import type { SpeechRequest, VoiceProvider } from './speech-synthesizer.js';
import { samplesAt16kHz } from './wav-samples.js';

/** Sentences end here; what is said of them is heard while the next is made. */
const SENTENCE_END = /(?<=[.!?…]["”’)]?)\s+/u;

/** Text to speech by the built-in voices, sentence by sentence. */
@Injectable()
export class BuiltInSpeech implements VoiceProvider {
  readonly name = 'flite';

  constructor(
    private readonly synthesizer: FliteSynthesizer,
    private readonly cache: SpeechCache,
  ) {}

  hasVoice(voiceId: string): boolean {
    return isFliteVoice(voiceId);
  }

  /** A voice that is not built in is replaced by the default one. */
  async *speak({ text, voiceId, signal }: SpeechRequest): AsyncGenerator<Int16Array> {
    const voice = fliteVoiceOf(voiceId);
    for (const sentence of text.trim().split(SENTENCE_END)) {
      if (signal.aborted || sentence === '') return;
      const key = { provider: this.name, voice, text: sentence };
      yield* this.cache.speak(key, signal, () => this.sentence(voice, sentence, signal));
    }
  }

  private async *sentence(voice: string, sentence: string, signal: AbortSignal): AsyncGenerator<Int16Array> {
    const wav = await this.synthesizer.synthesize(voice, sentence, signal);
    if (wav !== null && !signal.aborted) yield samplesAt16kHz(wav);
  }
}
