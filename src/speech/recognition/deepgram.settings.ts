import { ApiKey } from '../../config/api-server.js';
import { Satisfies } from '../../config/rules.js';
import { ModuleSettings } from '../../config/settings.js';
import { SafeUrl } from '../../config/url-settings.js';

/** Deepgram. Speech to text while people speak. */
export class DeepgramSettings extends ModuleSettings {
  /** Key to a Deepgram account, which then recognizes what people say. */
  @ApiKey()
  DEEPGRAM_API_KEY?: string;

  /** Where Deepgram’s API is. */
  @SafeUrl()
  DEEPGRAM_URL: string = 'https://api.deepgram.com';

  /** Its model. */
  @Satisfies((value: string) => /^[\w.-]{1,100}$/.test(value), 'letters, digits, _, - and .')
  DEEPGRAM_MODEL: string = 'nova-3';
}
