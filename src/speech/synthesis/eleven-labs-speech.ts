import { ProviderError } from '../../common/provider-error.js';
import { ElevenLabsSettings } from './eleven-labs.settings.js';
import { samplesOf } from './pcm.js';
import { soundFrom } from './speech-api.js';
import { SpeechCache } from './speech-cache.js';
import type { SpeechRequest, VoiceProvider } from './speech-synthesizer.js';
import { VoiceCatalogue } from './voice-catalogue.js';

/** Text to speech by ElevenLabs, streamed: `POST /v1/text-to-speech/:voice/stream` as 16-bit PCM at 16 kHz. */
export class ElevenLabsSpeech implements VoiceProvider {
  readonly name = 'ElevenLabs';

  constructor(
    private readonly settings: ElevenLabsSettings,
    private readonly voices: VoiceCatalogue,
    private readonly cache: SpeechCache,
  ) {}

  /** Ids of voices are all that agents have while this provider is set; those of other providers are known by these. */
  hasVoice(): boolean {
    return true;
  }

  async *speak({ text, voiceId, signal }: SpeechRequest): AsyncGenerator<Int16Array> {
    const voice = voiceId ?? (await this.defaultVoice());
    const model_id = this.settings.ELEVENLABS_MODEL;
    const request = {
      url: `${this.settings.url}/v1/text-to-speech/${encodeURIComponent(voice)}/stream?output_format=pcm_16000`,
      headers: { 'xi-api-key': this.settings.ELEVENLABS_API_KEY ?? '' },
      body: { text, model_id },
      signal,
    };
    const key = { provider: `${this.name} ${model_id}`, voice, text };
    yield* this.cache.speak(key, signal, () => samplesOf(soundFrom(request)));
  }

  private async defaultVoice(): Promise<string> {
    const voices = await this.voices.list().catch(() => {
      throw new ProviderError('unavailable', 'it does not list its voices');
    });
    if (voices.length === 0) throw new ProviderError('refused', 'the account has no voice');
    return voices[0].voice_id;
  }
}
