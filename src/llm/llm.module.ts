import { Module } from '@nestjs/common';
import { SystemTimers } from '../common/timers.js';
import { LanguageModel } from './language-model.js';
import { LlmSettings } from './llm.settings.js';
import { OpenAiModel } from './openai-model.js';
import { ScriptedModel } from './scripted-model.js';

/** What the language model of all calls is asked for by. */
export const LANGUAGE_MODEL = Symbol('LanguageModel');

/** The model that the settings name, else the scripted one. */
function languageModel({ LLM_URL: url, LLM_MODEL: model, LLM_API_KEY: apiKey }: LlmSettings): LanguageModel {
  if (url === undefined || model === undefined) return new ScriptedModel();
  return new OpenAiModel({ url, apiKey, model }, new SystemTimers());
}

/** The language model that agents think with. */
@Module({
  providers: [{ provide: LANGUAGE_MODEL, inject: [LlmSettings], useFactory: languageModel }],
  exports: [LANGUAGE_MODEL],
})
export class LlmModule {}
