import { Injectable } from '@nestjs/common';
import { Clock, SECOND_MS } from '../common/clock.js';
import { FailOver } from '../common/fail-over.js';
import { Providers } from '../common/providers.js';
import { SystemTimers } from '../common/timers.js';
import { isKnown } from '../config/api-server.js';
import type { ChatPart, ChatRequest, LanguageModel } from './language-model.js';
import { LlmSettings } from './llm.settings.js';
import { OpenAiModel } from './openai-model.js';
import { ScriptedModel } from './scripted-model.js';

/** OpenAiModel's own time limit is shorter than `nextMs`. */
const LIMITS = { firstMs: 4 * SECOND_MS, nextMs: 15 * SECOND_MS };

/** Tries the configured models one after another; without any, uses the scripted one. */
@Injectable()
export class Models implements LanguageModel {
  readonly name: string;
  private readonly all: LanguageModel[];
  private readonly failOver: FailOver<LanguageModel>;

  constructor(settings: LlmSettings, providers: Providers, clock: Clock) {
    const timers = new SystemTimers();
    this.all = settings.servers.filter(isKnown).map((server) => new OpenAiModel(server, timers));
    if (this.all.length === 0) this.all.push(new ScriptedModel());
    this.failOver = new FailOver({ part: 'language-model', providers, clock, timers });
    const names = this.all.map(({ name }) => name);
    this.name = names.join(', then ');
    providers.announce('language-model', names);
  }

  prepare(): void {
    for (const model of this.all) model.prepare?.();
  }

  stream(request: ChatRequest): AsyncIterable<ChatPart> {
    const { all, failOver } = this;
    return failOver.stream(all, LIMITS, request.signal, (model, signal) => model.stream({ ...request, signal }));
  }
}
