import { ApiKey, type ApiServer, ApiUrl, faultsOfServer, ModelName } from '../../config/api-server.js';
import { Satisfies, Whole } from '../../config/rules.js';
import { ModuleSettings } from '../../config/settings.js';

const NAMES = /^[\w-]{1,64}(,\s*[\w-]{1,64}){0,99}$/;

/** Text to speech. Any server with OpenAI's `/v1/audio/speech`. */
export class SynthesisSettings extends ModuleSettings {
  /** Where its API is, up to `/v1`. Unset: agents speak with the built-in voices, or those of ElevenLabs. */
  @ApiUrl()
  TTS_URL?: string;

  /** Its key, where it wants one. With a key TTS_URL must be https:// (or http:// to this machine). */
  @ApiKey()
  TTS_API_KEY?: string;

  /** Name of the model; required with TTS_URL. */
  @ModelName()
  TTS_MODEL?: string;

  /** Names of its voices, with commas. They take the place of the built-in ones in the list of voices; the first is that of agents without one. */
  @Satisfies((value: string) => NAMES.test(value), 'names of letters, digits, _ and -, separated by commas')
  TTS_VOICES: string = 'alloy';

  /** Samples a second of the sound that it sends as `pcm`, Hz. */
  @Whole(8000, 48_000)
  TTS_SAMPLE_RATE: number = 24_000;

  override faults(): string[] {
    return faultsOfServer('TTS', this.server);
  }

  get server(): ApiServer {
    return { url: this.TTS_URL, apiKey: this.TTS_API_KEY, model: this.TTS_MODEL };
  }

  get voices(): string[] {
    return this.TTS_VOICES.split(',').map((name) => name.trim());
  }
}
