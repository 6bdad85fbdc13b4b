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
/** More than a caller listens to; a model that does not stop is stopped. */
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

/** One answer of a language model in the making. */
interface Step {
  text: string;
  segments: Segment[];
  calls: ToolCall[];
}

/** The agent's answer to one turn of the person: asked of the model, spoken sentence by sentence, its tools used. */
export class Reply {
  /** Resolves when it touches the history no more. */
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

  /** Answers what the person said, after `before`: tool results of an earlier reply belong in front of it. */
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

  /** The model's goodbye, where it did not say one along with the end of the call. */
  private async sayGoodbye(): Promise<ReplyOutcome> {
    if (this.hasSpoken) return 'answered';
    await this.ask([]);
    if (!this.isAborted) this.keepStep([]);
    return this.hasSpoken ? 'answered' : 'failed';
  }

  /** Resolves to whether the answer came to its end. What came of a broken one is spoken all the same. */
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
      // Whoever asked the provider tells of its failure; here it is an answer that broke off.
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

  /** Uses tools one after another; resolves to whether one ends the call. Each gets a result, whatever became of the reply. */
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
