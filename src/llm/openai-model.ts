import type OpenAI from 'openai';
import { ProviderError } from '../common/provider-error.js';
import { retryAfterOf } from '../common/retry-after.js';
import { Timers } from '../common/timers.js';
import { untilAborted } from '../common/until-aborted.js';
import type { KnownApiServer } from '../config/api-server.js';
import { ChatMessage, ChatPart, ChatRequest, LanguageModel } from './language-model.js';
import { ToolCallPieces } from './tool-call-pieces.js';

/** Longest wait for the first part of an answer, and between two parts. */
const FIRST_PART_MS = 8000;
const NEXT_PART_MS = 5000;

type Message = OpenAI.Chat.Completions.ChatCompletionMessageParam;
type FinishReason = OpenAI.Chat.Completions.ChatCompletionChunk.Choice['finish_reason'];
type Body = OpenAI.Chat.Completions.ChatCompletionCreateParamsStreaming;

function toMessage(message: ChatMessage): Message {
  if (message.role === 'tool') return { role: 'tool', tool_call_id: message.toolCallId, content: message.content };
  if (message.role !== 'assistant' || !message.toolCalls) return { role: message.role, content: message.content };
  const tool_calls = message.toolCalls.map(({ id, name, arguments: given }) => ({
    id,
    type: 'function' as const,
    function: { name, arguments: given },
  }));
  return { role: 'assistant', content: message.content, tool_calls };
}

/** Returns an error in our words: a provider's message may quote what was said in the call. */
function toError(error: unknown, hasParts: boolean): ProviderError {
  if (error instanceof ProviderError) return error;
  const { status, code, headers } = error as { status?: number; code?: string; headers?: Headers };
  if (status === 429 && code !== 'insufficient_quota') {
    return new ProviderError('rate-limited', 'the model takes no more requests now', retryAfterOf(headers));
  }
  if (status !== undefined && status < 500 && status !== 408) {
    return new ProviderError('refused', `the model refused with status ${status}`);
  }
  if (hasParts) return new ProviderError('cut-off', 'the answer was cut off');
  return new ProviderError('unavailable', status ? `status ${status}` : 'the model cannot be reached');
}

/** A model of any server with OpenAI's chat completions API. */
export class OpenAiModel implements LanguageModel {
  readonly name: string;
  private client?: Promise<OpenAI>;

  constructor(
    private readonly options: KnownApiServer,
    private readonly timers: Timers,
  ) {
    this.name = `${options.model} at ${new URL(options.url).host}`;
  }

  async *stream(request: ChatRequest): AsyncIterable<ChatPart> {
    const late = new AbortController();
    const signal = AbortSignal.any([request.signal, late.signal]);
    let hasParts = false;
    try {
      for await (const part of this.parts(request, signal, late)) {
        // Chunks that were already received still arrive after an abort.
        if (request.signal.aborted) return;
        hasParts = true;
        yield part;
      }
      if (late.signal.aborted) throw new Error('late');
    } catch (error) {
      if (request.signal.aborted) return;
      throw toError(error, hasParts);
    } finally {
      late.abort();
    }
  }

  prepare(): void {
    // The first request tries again.
    this.connect().catch(() => (this.client = undefined));
  }

  private async *parts(request: ChatRequest, signal: AbortSignal, late: AbortController): AsyncIterable<ChatPart> {
    let stopWaiting = this.timers.after(FIRST_PART_MS, () => late.abort());
    try {
      const client = await this.connect();
      const chunks = await client.chat.completions.create(this.bodyOf(request), { signal });
      const calls = new ToolCallPieces();
      let finish: FinishReason = null;
      for await (const chunk of untilAborted(chunks, signal)) {
        stopWaiting();
        stopWaiting = this.timers.after(NEXT_PART_MS, () => late.abort());
        const choice = chunk.choices?.[0];
        for (const piece of choice?.delta?.tool_calls ?? []) calls.add(piece);
        if (choice?.delta?.content) yield { type: 'text', text: choice.delta.content };
        finish = choice?.finish_reason ?? finish;
      }
      if (signal.aborted) return;
      // A stream that is cut off between two chunks also ends without an error.
      if (finish === null) throw new ProviderError('cut-off', 'the answer has no end');
      if (finish === 'content_filter') throw new ProviderError('refused', 'the answer was filtered');
      if (finish === 'length') throw new ProviderError('cut-off', 'the answer was too long');
      for (const call of calls.whole()) yield { type: 'tool-call', call };
    } finally {
      stopWaiting();
    }
  }

  private bodyOf({ messages, tools, temperature }: ChatRequest): Body {
    const functions = tools.map((tool) => ({ type: 'function' as const, function: { ...tool } }));
    return {
      model: this.options.model,
      messages: messages.map(toMessage),
      stream: true,
      // Some servers reject an empty list.
      ...(functions.length > 0 ? { tools: functions } : {}),
      ...(temperature === undefined ? {} : { temperature }),
    };
  }

  /** Loads the package only when it is needed. By default its client would wait for ten minutes and retry twice. */
  private connect(): Promise<OpenAI> {
    this.client ??= import('openai').then(
      ({ default: Client }) =>
        new Client({
          baseURL: this.options.url,
          apiKey: this.options.apiKey ?? 'none',
          organization: null,
          project: null,
          maxRetries: 0,
          timeout: FIRST_PART_MS,
          logLevel: 'off',
          // A redirect must not receive the key.
          fetchOptions: { redirect: 'error' },
        }),
    );
    return this.client;
  }
}
