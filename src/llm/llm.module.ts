import { Module } from '@nestjs/common';
import { Models } from './models.js';

/** Injection token of the language model for all calls. */
export const LANGUAGE_MODEL = Symbol('LanguageModel');

/** The language model of agents. */
@Module({
  providers: [Models, { provide: LANGUAGE_MODEL, useExisting: Models }],
  exports: [LANGUAGE_MODEL],
})
export class LlmModule {}
