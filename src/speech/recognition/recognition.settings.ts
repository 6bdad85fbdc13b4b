import { IsIn } from 'class-validator';
import { ApiKey, type ApiServer, ApiUrl, faultsOfServer, ModelName } from '../../config/api-server.js';
import { ModuleSettings } from '../../config/settings.js';

/** Speech to text. Any server with OpenAI's `/v1/audio/transcriptions`, and a program of this machine. */
export class RecognitionSettings extends ModuleSettings {
  /** Where its API is, up to `/v1`. Each turn is sent to it when it is over. */
  @ApiUrl()
  STT_URL?: string;

  /** Its key, where it wants one. With a key STT_URL must be https:// (or http:// to this machine). */
  @ApiKey()
  STT_API_KEY?: string;

  /** Name of the model; required with STT_URL. */
  @ModelName()
  STT_MODEL?: string;

  /** `on`: where this program and its English model are installed, it recognizes what no other provider does. `off`: it does not. */
  @IsIn(['on', 'off'], { message: '$property must be on or off' })
  POCKETSPHINX: 'on' | 'off' = 'on';

  override faults(): string[] {
    return faultsOfServer('STT', this.server);
  }

  get server(): ApiServer {
    return { url: this.STT_URL, apiKey: this.STT_API_KEY, model: this.STT_MODEL };
  }
}
