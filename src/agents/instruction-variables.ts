import { AppError } from '../common/app-error.js';
import type { Agent } from './agent.entity.js';
import { settingsOf } from './agent-settings-field.js';
import { AGENTS_ERRORS } from './agents.errors.js';

/**
 * `{{name}}`, white space around the name allowed. A name begins with a letter, a digit or an underscore, and goes on with these,
 * marks, dots and dashes. No character can belong to two parts of this pattern, so it takes linear time on any text.
 */
const VARIABLE = /\{\{\s*([\p{L}\p{N}_][\p{L}\p{M}\p{N}_.-]*)\s*\}\}/gu;

/** A short text may name a long value thousands of times: more than this is not made of it, characters. */
const RENDERED_MAX_LENGTH = 262_144;

/** All texts of an agent that may hold variables, in one. */
export function templateOf(agent: Pick<Agent, 'systemInstruction' | 'settings'>): string {
  const { firstMessage = '', voicemailMessage = '' } = settingsOf(agent);
  return [agent.systemInstruction, firstMessage, voicemailMessage].join('\n');
}

/** Names of the variables of an instruction, once each, in the order in which they first appear. */
export function variablesOf(text: string): string[] {
  return [...new Set(namesIn(text))];
}

/** The instruction with each variable's value in its place. Values stay as they are, whatever they look like; those without a variable are ignored. */
export function render(text: string, values: Record<string, string>): string {
  // Own ones alone: every object inherits a `constructor`.
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
