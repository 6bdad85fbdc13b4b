import type { Agent } from '../agents/agent.entity.js';
import { settingsOf } from '../agents/agent-settings-field.js';
import { render, templateOf, variablesOf } from '../agents/instruction-variables.js';
import { AppError } from '../common/app-error.js';
import type { ConversationSettings } from '../conversations/conversation-settings.js';
import type { Project } from '../projects/project.entity.js';
import { parseCallableNumber } from '../telephony/callable-number.js';
import type { Call } from './call.entity.js';
import type { CallsSettings } from './calls.settings.js';
import { type Variables, textsOf } from './variables-field.js';

const USUAL_LANGUAGE = 'en';

/** Returns the numbers that may be called. CALL_COUNTRIES may have changed since the agent was saved. */
async function callableOf(numbers: string[], countries?: string[]): Promise<string[]> {
  const callable: string[] = [];
  for (const number of numbers) {
    try {
      callable.push(await parseCallableNumber(number, 'transferTo', countries));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
    }
  }
  return callable;
}

/** Nobody gives variables to a call that comes in: they stay empty, and the caller is answered all the same. */
function unknownOf(agent: Agent, { direction }: Call): Record<string, string> {
  if (direction !== 'inbound') return {};
  return Object.fromEntries(variablesOf(templateOf(agent)).map((name) => [name, '']));
}

/** Returns a conversation's settings from agent and operator. Null when the agent has variables for which the call has no values. */
export async function planOf(
  { agent, project, call }: { agent: Agent; project: Project; call: Call },
  settings: CallsSettings,
  startedAt: Date,
): Promise<ConversationSettings | null> {
  const own = settingsOf(agent);
  const values = { ...unknownOf(agent, call), ...textsOf(JSON.parse(call.dynamicVariables) as Variables) };
  const usual = `Hello, this is ${agent.name} of ${project.name}. Do you have a moment?`;
  try {
    return {
      greeting: own.firstMessage === undefined ? usual : render(own.firstMessage, values),
      isRecorded: own.recording === true,
      disclosure: own.disclosure === false ? '' : (own.disclosure ?? settings.disclosure),
      instruction: render(agent.systemInstruction, values),
      startedAt,
      timeZone: 'UTC',
      voiceId: agent.voiceId,
      language: own.language ?? USUAL_LANGUAGE,
      temperature: own.temperature,
      maxSeconds: Math.min(own.maxSeconds ?? settings.CALL_MAX_SECONDS, settings.CALL_MAX_SECONDS),
      silenceSeconds: settings.CALL_SILENCE_SECONDS,
      transferTo: await callableOf(own.transferTo ?? [], settings.callCountries),
      voicemailMessage: own.voicemailMessage === undefined ? null : render(own.voicemailMessage, values),
    };
  } catch (error) {
    // The agent may have changed since the call was accepted.
    if (error instanceof AppError) return null;
    throw error;
  }
}
