import type { KnownApiServer } from '../../config/api-server.js';
import { samplesOf } from './pcm.js';
import { Resampler } from './resampler.js';
import { soundFrom } from './speech-api.js';
import { SpeechCache } from './speech-cache.js';
import type { SpeechRequest, VoiceProvider } from './speech-synthesizer.js';
import { SynthesisSettings } from './synthesis.settings.js';

async function* at16kHz(pieces: AsyncIterable<Int16Array>, rate: number): AsyncGenerator<Int16Array> {
  const resampler = new Resampler(rate);
  for await (const piece of pieces) {
    const samples = resampler.push(piece);
    if (samples.length > 0) yield samples;
  }
  yield resampler.flush();
}

/** Text to speech behind OpenAI's `/v1/audio/speech`, whoever serves it; streamed as PCM. */
export class SpeechServer implements VoiceProvider {
  readonly name: string;
  private readonly voices: string[];
  private readonly rate: number;

  constructor(
    private readonly server: KnownApiServer,
    settings: SynthesisSettings,
    private readonly cache: SpeechCache,
  ) {
    this.name = `${server.model} at ${new URL(server.url).host}`;
    this.voices = settings.voices;
    this.rate = settings.TTS_SAMPLE_RATE;
  }

  hasVoice(voiceId: string): boolean {
    return this.voices.includes(voiceId);
  }

  async *speak({ text, voiceId, signal }: SpeechRequest): AsyncGenerator<Int16Array> {
    const voice = voiceId ?? this.voices[0];
    const { url, apiKey, model } = this.server;
    const request = {
      url: `${url}/audio/speech`,
      headers: apiKey === undefined ? ({} as Record<string, string>) : { authorization: `Bearer ${apiKey}` },
      body: { model, voice, input: text, response_format: 'pcm' },
      signal,
    };
    const key = { provider: this.name, voice, text };
    yield* this.cache.speak(key, signal, () => at16kHz(samplesOf(soundFrom(request)), this.rate));
  }
}
