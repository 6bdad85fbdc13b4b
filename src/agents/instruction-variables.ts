import { AppError } from '../common/app-error.js';
import type { Agent } from './agent.entity.js';
import { settingsOf } from './agent-settings-field.js';
import { AGENTS_ERRORS } from './agents.errors.js';

/**
 * `{{name}}`, with optional white space around the name. A name begins with a letter, digit or underscore, followed by these, marks, dots and
 * dashes. No character fits two parts of the pattern, so it runs in linear time on any text.
 */
const VARIABLE = /\{\{\s*([\p{L}\p{N}_][\p{L}\p{M}\p{N}_.-]*)\s*\}\}/gu;

/** Maximum length of the result, characters: a short text may use a long value thousands of times. */
const RENDERED_MAX_LENGTH = 262_144;

/** All texts of an agent that may have variables, joined. */
export function templateOf(agent: Pick<Agent, 'systemInstruction' | 'settings'>): string {
  const { firstMessage = '', voicemailMessage = '' } = settingsOf(agent);
  return [agent.systemInstruction, firstMessage, voicemailMessage].join('\n');
}

/** Names of the variables in a text, without duplicates, in order of first appearance. */
export function variablesOf(text: string): string[] {
  return [...new Set(namesIn(text))];
}

/** Replaces each variable by its value. Values are inserted literally; values without a variable are ignored. */
export function render(text: string, values: Record<string, string>): string {
  // Only own properties: every object inherits a `constructor`.
  const missing = variablesOf(text).filter((name) => !Object.hasOwn(values, name));
  if (missing.length > 0) {
    const faults = missing.map((name) => ({ field: `dynamicVariables.${name}`, message: `${name} is missing` }));
    throw new AppError(AGENTS_ERRORS.VARIABLES_MISSING, { faults });
  }
  const length = namesIn(text).reduce((sum, name) => sum + values[name].length, text.length);
  if (length > RENDERED_MAX_LENGTH) throw new AppError(AGENTS_ERRORS.VARIABLES_TOO_LONG);
  return text.replace(VARIABLE, (_, name: string) => values[name]);
}

function namesIn(text: string): string[] {
  return Array.from(text.matchAll(VARIABLE), ([, name]) => name);
}
