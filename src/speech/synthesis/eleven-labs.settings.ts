import { ApiKey } from '../../config/api-server.js';
import { Satisfies } from '../../config/rules.js';
import { ModuleSettings } from '../../config/settings.js';
import { SafeUrl } from '../../config/url-settings.js';

/** ElevenLabs. Text to speech, and a list of voices. */
export class ElevenLabsSettings extends ModuleSettings {
  /** Key to an ElevenLabs account, whose voices then take the place of the built-in ones. */
  @ApiKey()
  ELEVENLABS_API_KEY?: string;

  /** Where ElevenLabs’ API is. */
  @SafeUrl()
  ELEVENLABS_URL: string = 'https://api.elevenlabs.io';

  /** Its model, by which calls are spoken. */
  @Satisfies((value: string) => /^\w{1,100}$/.test(value), 'letters, digits and _')
  ELEVENLABS_MODEL: string = 'eleven_flash_v2_5';

  get url(): string {
    return this.ELEVENLABS_URL.replace(/\/+$/, '');
  }
}
