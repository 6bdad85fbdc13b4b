import { Timers } from '../common/timers.js';
import { untilAborted } from '../common/until-aborted.js';
import { LanguageModel, Tool, ToolCall } from '../llm/language-model.js';
import { History } from './history.js';
import { TurnTimes } from './latency.js';
import { Sentences } from './sentences.js';
import { Speaker } from './speaker.js';
import { Segment } from './speech.js';
import { CallTools, ToolTurn } from './tools.js';

const MAX_TOOL_STEPS = 3;
/** Longest answer; a model that writes more is stopped. */
const MAX_CHARACTERS = 4000;
const MAX_CALLS = 8;

export interface ReplyParts {
  timers: Timers;
  model: LanguageModel;
  temperature?: number;
  speaker: Speaker;
  history: History;
  tools: CallTools;
}

export type ReplyOutcome = 'answered' | 'failed' | 'aborted';

/** One streamed answer of the language model. */
interface Step {
  text: string;
  segments: Segment[];
  calls: ToolCall[];
}

/** The agent's answer to one turn of the person: asks the model, speaks its sentences as they come, runs its tools. */
export class Reply {
  /** Resolves when the reply no longer changes the history. */
  done: Promise<unknown> = Promise.resolve();
  private readonly controller = new AbortController();
  private step: Step | null = null;
  private hasSpoken = false;
  private wasEndRefused = false;

  constructor(
    private readonly parts: ReplyParts,
    private readonly times: TurnTimes,
  ) {}

  /** What the model wrote so far is kept in the history, for the heard part of it. A tool under way is not stopped. */
  abort(): void {
    if (this.controller.signal.aborted) return;
    this.controller.abort();
    this.keepStep([]);
  }

  /** Answers what the person said, once `before` has resolved: tool results of an earlier reply must come first. */
  start(words: string, before: Promise<unknown>): Promise<ReplyOutcome> {
    const outcome = before.then(() => {
      this.parts.history.addPerson(words);
      return this.run();
    });
    this.done = outcome.catch(() => {});
    return outcome;
  }

  private get isAborted(): boolean {
    return this.controller.signal.aborted;
  }

  private async run(): Promise<ReplyOutcome> {
    for (let used = 0; ; used += 1) {
      if (this.isAborted) return 'aborted';
      const isWhole = await this.ask(used < MAX_TOOL_STEPS ? this.parts.tools.offered : []);
      if (this.isAborted) return 'aborted';
      const calls = this.keepStep(isWhole ? undefined : []);
      if (calls.length === 0) return this.hasSpoken ? 'answered' : 'failed';
      const endsCall = await this.use(calls);
      if (this.isAborted) return 'aborted';
      if (endsCall) return this.sayGoodbye();
    }
  }

  /** Asks the model for a goodbye when it ended the call without one. */
  private async sayGoodbye(): Promise<ReplyOutcome> {
    if (this.hasSpoken) return 'answered';
    await this.ask([]);
    if (!this.isAborted) this.keepStep([]);
    return this.hasSpoken ? 'answered' : 'failed';
  }

  /** Resolves to true when the answer is complete. The part of an incomplete one that arrived is spoken too. */
  private async ask(tools: Tool[]): Promise<boolean> {
    const { timers, model, history, temperature } = this.parts;
    const { signal } = this.controller;
    const step: Step = { text: '', segments: [], calls: [] };
    this.step = step;
    this.times.requested(timers.now());
    const sentences = new Sentences();
    let isWhole = false;
    try {
      const parts = model.stream({ messages: history.forModel, tools, temperature, signal });
      for await (const part of untilAborted(parts, signal)) {
        this.times.firstWords(timers.now());
        if (part.type === 'tool-call') step.calls.push(part.call);
        else this.speak(step, sentences.push(part.text), part.text);
        if (step.text.length > MAX_CHARACTERS || step.calls.length >= MAX_CALLS) break;
      }
      isWhole = true;
    } catch {
      // The provider's caller has logged the failure; here the answer only counts as incomplete.
    }
    if (!signal.aborted) this.speak(step, sentences.flush(), '');
    return isWhole;
  }

  private speak(step: Step, sentences: string[], text: string): void {
    step.text += text;
    for (const sentence of sentences) {
      this.times.firstSentence(this.parts.timers.now());
      const segment = this.parts.speaker.say(sentence);
      if (segment) step.segments.push(segment);
      this.hasSpoken ||= segment !== null;
    }
  }

  /** Moves the step into the history; returns its tool calls. */
  private keepStep(calls = this.step?.calls ?? []): ToolCall[] {
    const { step } = this;
    this.step = null;
    if (step && (step.text.trim() !== '' || calls.length > 0)) {
      this.parts.history.addAnswer(step.text.trim(), step.segments, calls);
    }
    return calls;
  }

  /** Runs tools one after another; resolves to true when one ends the call. Each gets a result, even if the reply was aborted. */
  private async use(calls: ToolCall[]): Promise<boolean> {
    let endsCall = false;
    for (const call of calls) {
      const turn: ToolTurn = { question: this.parts.history.lastQuestion, wasEndRefused: this.wasEndRefused };
      const result = this.isAborted
        ? { content: 'Not done: the person cut in.' }
        : await this.parts.tools.run(call, turn);
      this.parts.history.addResult(call.id, result.content);
      endsCall ||= result.endsCall === true;
      this.wasEndRefused ||= result.refusedEnd === true;
    }
    return endsCall;
  }
}
