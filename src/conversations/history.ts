import { ChatMessage, ToolCall } from '../llm/language-model.js';
import { maskCardNumbers } from './mask.js';
import { heardText, Segment } from './speech.js';

/** What the agent said in one step, kept until it is known how much of it was heard. */
export interface Answer {
  message: Extract<ChatMessage, { role: 'assistant' }>;
  segments: Segment[];
}

/** The conversation as the model sees it, with only the heard part of what the agent said. */
export class History {
  private messages: ChatMessage[] = [];
  private answers: Answer[] = [];

  constructor(private readonly system: string) {}

  get forModel(): ChatMessage[] {
    return [{ role: 'system', content: this.system }, ...this.messages];
  }

  /** What the person said last. */
  get lastQuestion(): string {
    return this.messages.findLast(({ role }) => role === 'user')?.content ?? '';
  }

  /** Many models take only one message of a side in a row. */
  addPerson(text: string): void {
    const content = maskCardNumbers(text);
    const last = this.messages.at(-1);
    if (last?.role === 'user') last.content = `${last.content}\n${content}`;
    else this.messages.push({ role: 'user', content });
  }

  /** Adds a fixed text that the agent said and the person heard. */
  addSpoken(text: string): void {
    const last = this.messages.at(-1);
    if (last?.role === 'assistant' && !last.toolCalls) last.content = `${last.content} ${text}`;
    else this.messages.push({ role: 'assistant', content: text });
  }

  addAnswer(content: string, segments: Segment[], toolCalls: ToolCall[]): void {
    const message: Answer['message'] = { role: 'assistant', content };
    if (toolCalls.length > 0) message.toolCalls = toolCalls;
    this.messages.push(message);
    this.answers.push({ message, segments });
  }

  addResult(toolCallId: string, content: string): void {
    this.messages.push({ role: 'tool', toolCallId, content });
  }

  /** Cuts what was spoken since the last call of this method to the part that was heard. */
  settle(heard: number, isCut: boolean): void {
    for (const { message, segments } of this.answers.splice(0)) {
      const isHeard = segments.every(({ start, samples, isWhole }) => isWhole && start + samples <= heard);
      if (!isCut || isHeard) continue;
      const text = heardText(segments, heard);
      message.content = text === '' ? '' : `${text}—`;
    }
    const isEmpty = (message: ChatMessage) =>
      message.role === 'assistant' && message.content === '' && !message.toolCalls;
    this.messages = this.messages.filter((message) => !isEmpty(message));
  }
}
