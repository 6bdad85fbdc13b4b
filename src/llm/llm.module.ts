import { Module } from '@nestjs/common';
import { Models } from './models.js';

/** What the language model of all calls is asked for by. */
export const LANGUAGE_MODEL = Symbol('LanguageModel');

/** The language model that agents think with. */
@Module({
  providers: [Models, { provide: LANGUAGE_MODEL, useExisting: Models }],
  exports: [LANGUAGE_MODEL],
})
export class LlmModule {}
