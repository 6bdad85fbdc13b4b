import { IsOptional } from 'class-validator';
import { isSafeUrl, Satisfies } from '../config/rules.js';
import { ModuleSettings } from '../config/settings.js';
import { HttpUrl } from '../config/url-settings.js';

/** Language model. Any server with OpenAI's chat completions. */
export class LlmSettings extends ModuleSettings {
  /** Where its API is, up to `/v1`: https://api.openai.com/v1, http://localhost:11434/v1. Unset: the agent answers by plain rules. */
  @IsOptional()
  @HttpUrl({ expected: 'an http:// or https:// URL with no user, ? or #', isBase: true })
  LLM_URL?: string;

  /** Its key, where it wants one. With a key LLM_URL must be https:// (or http:// to this machine). */
  @IsOptional()
  @Satisfies((value: string) => /^[\x21-\x7e]+$/.test(value), 'printable ASCII without blanks')
  LLM_API_KEY?: string;

  /** Name of the model; required with LLM_URL. */
  @IsOptional()
  @Satisfies((value: string) => /^[\x21-\x7e]{1,200}$/.test(value), 'printable ASCII without blanks')
  LLM_MODEL?: string;

  override faults(): string[] {
    const { LLM_URL: url, LLM_API_KEY: key, LLM_MODEL: model } = this;
    const faults: string[] = [];
    if ((url === undefined) !== (model === undefined)) faults.push('LLM_URL and LLM_MODEL must be set together');
    if (key !== undefined && url === undefined) faults.push('LLM_API_KEY needs LLM_URL');
    if (key !== undefined && url !== undefined && !isSafeUrl(url)) {
      faults.push('LLM_URL must be https:// (or http:// to this machine) where LLM_API_KEY is set');
    }
    return faults;
  }
}
