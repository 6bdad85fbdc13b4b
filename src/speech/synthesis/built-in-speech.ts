import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { FliteSynthesizer } from './flite-synthesizer.js';
import { fliteVoiceOf } from './flite-voices.js';
import { SpeechRequest, SpeechSynthesizer } from './speech-synthesizer.js';
import { samplesAt16kHz } from './wav-samples.js';

/** Greetings, fillers and goodbyes come again in every call: five minutes of speech. */
const MAX_CACHED_BYTES = 10 * 1024 * 1024;
/** Sentences end here; what is said of them is heard while the next is made. */
const SENTENCE_END = /(?<=[.!?…]["”’)]?)\s+/u;

/** Text to speech by the built-in voices, sentence by sentence. */
@Injectable()
export class BuiltInSpeech implements SpeechSynthesizer {
  readonly name = 'flite';
  private readonly cache = new LRUCache<string, Int16Array>({
    maxSize: MAX_CACHED_BYTES,
    sizeCalculation: ({ byteLength }, key) => byteLength + 2 * key.length + 1,
  });

  constructor(private readonly synthesizer: FliteSynthesizer) {}

  /** A voice that is not built in is replaced by the default one. */
  async *speak({ text, voiceId, signal }: SpeechRequest): AsyncGenerator<Int16Array> {
    const voice = fliteVoiceOf(voiceId);
    for (const sentence of text.trim().split(SENTENCE_END)) {
      if (signal.aborted || sentence === '') return;
      const samples = await this.sentence(voice, sentence, signal);
      if (signal.aborted || samples === null) return;
      yield samples;
    }
  }

  private async sentence(voice: string, sentence: string, signal: AbortSignal): Promise<Int16Array | null> {
    const key = `${voice} ${sentence}`;
    const known = this.cache.get(key);
    if (known) return known;
    const wav = await this.synthesizer.synthesize(voice, sentence, signal);
    if (wav === null) return null;
    const samples = samplesAt16kHz(wav);
    this.cache.set(key, samples);
    return samples;
  }
}
