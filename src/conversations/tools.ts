import { Tool, ToolCall } from '../llm/language-model.js';
import { LineCall } from '../telephony/phone-line.js';
import { maskCardNumbers } from './mask.js';

const MAX_NOTES = 50;
const MAX_NOTE_NAME = 64;
const MAX_NOTE_VALUE = 1000;
const DIGITS = /^[0-9*#A-Dw]{1,32}$/;

function tool(name: string, description: string, properties: Record<string, object>): Tool {
  const parameters = { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
  return { name, description, parameters };
}

const TEXT = { type: 'string' };
const END_CALL = tool('end_call', 'Ends the call. Say goodbye in the same answer. Not while a question is open.', {
  reason: { ...TEXT, description: 'Why, in a few words.' },
});
const PRESS_DIGITS = tool('press_digits', 'Presses keys of the phone, for the menu of another machine.', {
  digits: { ...TEXT, description: '0 to 9, *, #, A to D; w waits for half a second.' },
});
const NOTE = tool('note', 'Keeps something that the person told, for those who read about the call.', {
  name: { ...TEXT, description: 'What it is, as one word: appointment_date' },
  value: TEXT,
});
const DO_NOT_CALL = tool(
  'do_not_call',
  'The person does not want to be called any more. Then say so and end the call.',
  {},
);

/** What a tool knows of the turn in which it runs. */
export interface ToolTurn {
  /** What the person said last. */
  question: string;
  /** True when ending the call was refused before in this turn. */
  wasEndRefused: boolean;
}

export interface ToolResult {
  /** Text for the model. */
  content: string;
  /** True when the call ends after the current speech. */
  endsCall?: boolean;
  refusedEnd?: boolean;
}

/** Effects of tools other than on the line. */
export interface ToolEffects {
  /** Resolves when everything said so far was heard. */
  quiet(): Promise<void>;
  noted(name: string, value: string): void;
  doNotCall(): void;
  endAfterGoodbye(): void;
  transferred(): void;
}

/** The tools that are available in a call. */
export class CallTools {
  readonly offered: Tool[];
  private notes = 0;

  constructor(
    private readonly line: LineCall,
    private readonly transferTo: string[],
    private readonly effects: ToolEffects,
  ) {
    const TRANSFER = tool('transfer_call', 'Connects the person with somebody else. Say so before.', {
      to: { ...TEXT, enum: transferTo },
    });
    this.offered = [END_CALL, PRESS_DIGITS, NOTE, DO_NOT_CALL, ...(transferTo.length > 0 ? [TRANSFER] : [])];
  }

  /** Never rejects: errors are returned to the model. */
  async run(call: ToolCall, turn: ToolTurn): Promise<ToolResult> {
    const given = this.argumentsOf(call);
    if (!given) return { content: 'Not done: the arguments are not a JSON object.' };
    const text = (name: string) => (typeof given[name] === 'string' ? given[name].trim() : '');
    switch (call.name) {
      case 'end_call':
        return this.endCall(turn);
      case 'press_digits':
        return this.pressDigits(text('digits'));
      case 'note':
        return this.note(text('name'), text('value'));
      case 'do_not_call':
        this.effects.doNotCall();
        return { content: 'Done: the number is not called any more. Tell the person and end the call.' };
      case 'transfer_call':
        return this.transfer(text('to'));
      default:
        return { content: 'Not done: there is no such tool.' };
    }
  }

  private argumentsOf(call: ToolCall): Record<string, unknown> | null {
    try {
      const given: unknown = JSON.parse(call.arguments || '{}');
      return typeof given === 'object' && given !== null && !Array.isArray(given)
        ? (given as Record<string, unknown>)
        : null;
    } catch {
      return null;
    }
  }

  /** Refuses once when the person has just asked something: models hang up too eagerly. */
  private endCall({ question, wasEndRefused }: ToolTurn): ToolResult {
    if (question.includes('?') && !wasEndRefused) {
      return {
        content: 'Not done: the person asked something. Answer, then end the call if it is over.',
        refusedEnd: true,
      };
    }
    this.effects.endAfterGoodbye();
    return { content: 'The call ends. Say goodbye in one short sentence.', endsCall: true };
  }

  private async pressDigits(digits: string): Promise<ToolResult> {
    if (!DIGITS.test(digits)) return { content: 'Not done: digits are 1 to 32 of 0-9, *, #, A-D and w.' };
    await this.effects.quiet();
    this.line.pressDigits(digits);
    return { content: 'Done: the keys are pressed.' };
  }

  private note(name: string, value: string): ToolResult {
    if (name === '' || value === '') return { content: 'Not done: name and value are needed.' };
    if (this.notes >= MAX_NOTES) return { content: 'Not done: there are too many notes.' };
    this.notes += 1;
    this.effects.noted(name.slice(0, MAX_NOTE_NAME), maskCardNumbers(value.slice(0, MAX_NOTE_VALUE)));
    return { content: 'Done: noted.' };
  }

  private async transfer(to: string): Promise<ToolResult> {
    if (!this.transferTo.includes(to)) return { content: 'Not done: nobody is reached there.' };
    await this.effects.quiet();
    try {
      await this.line.transfer(to);
    } catch {
      return { content: 'Not done: the other end does not answer. The person is still here.' };
    }
    this.effects.transferred();
    return { content: 'Done: they are connected.', endsCall: true };
  }
}
