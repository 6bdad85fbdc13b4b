import { ApiKey, type ApiServer, ApiUrl, faultsOfServer, ModelName } from '../config/api-server.js';
import { ModuleSettings } from '../config/settings.js';

/** Language model. Any server with OpenAI's chat completions. */
export class LlmSettings extends ModuleSettings {
  /** Base URL of its API, up to `/v1`: https://api.openai.com/v1, http://localhost:11434/v1. Unset: agents answer by a few fixed rules. */
  @ApiUrl()
  LLM_URL?: string;

  /** API key, if it needs one. With a key LLM_URL must be https:// (or http:// to this machine). */
  @ApiKey()
  LLM_API_KEY?: string;

  /** Name of the model; required with LLM_URL. */
  @ModelName()
  LLM_MODEL?: string;

  /** Base URL of a second API, used while the first one fails or does not answer within four seconds. */
  @ApiUrl()
  LLM_FALLBACK_URL?: string;

  /** API key of the second API, if it needs one. */
  @ApiKey()
  LLM_FALLBACK_API_KEY?: string;

  /** Name of the second API's model; required with LLM_FALLBACK_URL. */
  @ModelName()
  LLM_FALLBACK_MODEL?: string;

  override faults(): string[] {
    const [first, second] = this.servers;
    const faults = [...faultsOfServer('LLM', first), ...faultsOfServer('LLM_FALLBACK', second)];
    if (second.url !== undefined && first.url === undefined) faults.push('LLM_FALLBACK_URL needs LLM_URL');
    return faults;
  }

  /** Both APIs, in the order in which they are tried. */
  get servers(): [first: ApiServer, second: ApiServer] {
    return [
      { url: this.LLM_URL, apiKey: this.LLM_API_KEY, model: this.LLM_MODEL },
      { url: this.LLM_FALLBACK_URL, apiKey: this.LLM_FALLBACK_API_KEY, model: this.LLM_FALLBACK_MODEL },
    ];
  }
}
