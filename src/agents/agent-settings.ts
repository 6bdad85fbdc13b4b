import { hasAtMost } from '../http/fields.js';
import { isWellFormed } from '../http/characters.js';

export const QUESTION_TYPES = ['Boolean', 'Text', 'Number', 'Selector'] as const;

/** A value to extract from what was said in a call. */
export interface AnalysisQuestion {
  /** Its name in the call's data. */
  name: string;
  question: string;
  type: (typeof QUESTION_TYPES)[number];
  /** For a Selector: the possible values. */
  options?: string[];
}

/** How an agent behaves in calls. Omitted settings have the service's defaults. */
export interface AgentSettings {
  firstMessage?: string;
  language?: string;
  voicemailMessage?: string;
  recording?: boolean;
  disclosure?: string | false;
  maxSeconds?: number;
  temperature?: number;
  transferTo?: string[];
  analysis?: AnalysisQuestion[];
}

/** A setting. `read` returns the value to store; undefined for an invalid one. */
interface Rule {
  mustBe: string;
  read(value: unknown): unknown;
  schema: object;
}

const MAX_LANGUAGE = 35;
const E164 = /^\+[1-9]\d{1,14}$/;
const MAX_QUESTIONS = 50;
const MAX_OPTIONS = 50;

function readText(max: number, value: unknown): string | undefined {
  const text = typeof value === 'string' && isWellFormed(value) ? value.trim() : '';
  return text !== '' && hasAtMost(max, text) ? text : undefined;
}

/** Reads a list; undefined when it is too long, or has an invalid or duplicate entry. */
function readList<Item>(
  value: unknown,
  max: number,
  read: (item: unknown) => Item | undefined,
  keyOf: (item: Item) => unknown = (item) => item,
): Item[] | undefined {
  if (!Array.isArray(value) || value.length > max) return undefined;
  const items = value.map(read).filter((item) => item !== undefined);
  return items.length === value.length && new Set(items.map(keyOf)).size === items.length ? items : undefined;
}

function readLanguage(value: unknown): string | undefined {
  const tag = readText(MAX_LANGUAGE, value);
  try {
    return Intl.getCanonicalLocales(tag)[0];
  } catch {
    return undefined;
  }
}

function readQuestion(value: unknown): AnalysisQuestion | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { name, question, type, options, ...others } = value as Record<string, unknown>;
  const texts = { name: readText(64, name), question: readText(500, question) };
  const kind = typeof type === 'string' ? type.toLowerCase() : '';
  const known = QUESTION_TYPES.find((one) => one.toLowerCase() === kind);
  if (texts.name === undefined || texts.question === undefined || Object.keys(others).length > 0) return undefined;
  const read = { name: texts.name, question: texts.question };
  if (known !== 'Selector') return known && options === undefined ? { ...read, type: known } : undefined;
  const choices = readList(options, MAX_OPTIONS, (option) => readText(100, option));
  return choices && choices.length > 0 ? { ...read, type: known, options: choices } : undefined;
}

const between = (low: number, high: number, value: unknown) =>
  typeof value === 'number' && value >= low && value <= high ? value : undefined;

function textRule(max: number, description: string, example: string): Rule {
  const schema = { type: 'string', minLength: 1, maxLength: max, description, example };
  return { mustBe: `text of 1 to ${max} characters`, read: (value) => readText(max, value), schema };
}

const QUESTION_SCHEMA = {
  type: 'object',
  properties: {
    name: { type: 'string', minLength: 1, maxLength: 64, description: 'Its name in the `data` of the call.' },
    question: { type: 'string', minLength: 1, maxLength: 500 },
    type: { type: 'string', enum: [...QUESTION_TYPES] },
    options: { type: 'array', items: { type: 'string' }, description: `Of a Selector alone, 1 to ${MAX_OPTIONS}.` },
  },
  required: ['name', 'question', 'type'],
};

/** All settings of agents. */
export const SETTING_RULES: Record<keyof AgentSettings, Rule> = {
  firstMessage: textRule(
    1000,
    'What the agent says first, word for word; may hold `{{variables}}`. Without it the agent tells its name and the project’s.',
    'Good morning {{name}}, this is Jo of the clinic.',
  ),
  language: {
    mustBe: 'a language tag such as en or de-AT',
    read: readLanguage,
    schema: { type: 'string', maxLength: MAX_LANGUAGE, description: 'BCP 47; `en` without it.', example: 'en' },
  },
  voicemailMessage: textRule(
    1000,
    'What is left on an answering machine after its beep; may hold `{{variables}}`. Without it the agent hangs up on machines.',
    'This is Jo of the clinic. Please call us back.',
  ),
  recording: {
    mustBe: 'true or false',
    read: (value) => (typeof value === 'boolean' ? value : undefined),
    schema: { type: 'boolean', description: 'Whether calls are recorded; the person is told first.', example: false },
  },
  disclosure: {
    mustBe: 'text of 1 to 500 characters, or false',
    read: (value) => (value === false ? value : readText(500, value)),
    schema: {
      oneOf: [{ type: 'string', minLength: 1, maxLength: 500 }, { type: 'boolean' }],
      description:
        'Said before the first message in place of the service’s own words; `false` for nothing, where the law allows that.',
      example: 'This is an automated assistant.',
    },
  },
  maxSeconds: {
    mustBe: 'a whole number from 10 to 86400',
    read: (value) => (Number.isInteger(value) ? between(10, 86_400, value) : undefined),
    schema: {
      type: 'integer',
      minimum: 10,
      maximum: 86_400,
      description: 'How long a call lasts at most; never longer than the operator allows.',
      example: 300,
    },
  },
  temperature: {
    mustBe: 'a number from 0 to 2',
    read: (value) => between(0, 2, value),
    schema: { type: 'number', minimum: 0, maximum: 2, description: 'Of the language model.', example: 0.5 },
  },
  transferTo: {
    mustBe: 'a list of at most 20 different phone numbers in E.164 form',
    read: (value) => readList(value, 20, (item) => (typeof item === 'string' && E164.test(item) ? item : undefined)),
    schema: {
      type: 'array',
      items: { type: 'string', pattern: E164.source },
      description: 'Numbers with which the agent may connect the person.',
      example: ['+12025550199'],
    },
  },
  analysis: {
    mustBe: `a list of at most ${MAX_QUESTIONS} questions, each with name (its own), question, type and, of a Selector, options`,
    read: (value) => readList(value, MAX_QUESTIONS, readQuestion, ({ name }) => name),
    schema: {
      type: 'array',
      items: QUESTION_SCHEMA,
      description: 'What to find out from each call.',
      example: [{ name: 'interested', question: 'Does the person want an appointment?', type: 'Boolean' }],
    },
  },
};
