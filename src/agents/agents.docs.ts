import { COMMON_ERRORS } from '../common/common.errors.js';
import { Answer } from '../openapi/answers.js';
import { PhoneNumberDataAnswer } from '../phone-numbers/phone-numbers.dto.js';
import { PHONE_NUMBERS_ERRORS } from '../phone-numbers/phone-numbers.errors.js';
import { PROJECTS_ERRORS } from '../projects/projects.errors.js';
import { VOICES_ERRORS } from '../speech/synthesis/voices.errors.js';
import { TELEPHONY_ERRORS } from '../telephony/telephony.errors.js';
import * as dto from './agents.dto.js';
import { AGENTS_ERRORS } from './agents.errors.js';

/** OpenAPI documentation of this module's operations. */
const E = AGENTS_ERRORS;
const { AGENT_NOT_FOUND } = AGENTS_ERRORS;
const { PROJECT_UNKNOWN, PROJECT_NOT_FOUND } = PROJECTS_ERRORS;
const { VOICES_UNAVAILABLE } = VOICES_ERRORS;
const { NUMBER_TAKEN } = PHONE_NUMBERS_ERRORS;
const { NUMBER_INVALID, NUMBER_NOT_ALLOWED, NUMBER_NOT_YOURS, CARRIER_UNAVAILABLE } = TELEPHONY_ERRORS;

export const AGENT_TAG = {
  name: 'Agent',
  description: 'AI phone agents: what they are told to do, and the voice they speak with.',
};

export const CREATE_AGENT = {
  summary: 'Create an agent',
  description:
    'Its instruction may have variables, `{{name}}`: calls must give them values. `variables` in the answer lists them.',
  answer: dto.AgentDataAnswer,
  errors: [
    NUMBER_INVALID,
    NUMBER_NOT_ALLOWED,
    PROJECT_UNKNOWN,
    COMMON_ERRORS.QUOTA_REACHED,
    NUMBER_TAKEN,
    NUMBER_NOT_YOURS,
    E.VOICE_UNKNOWN,
    VOICES_UNAVAILABLE,
    CARRIER_UNAVAILABLE,
  ],
};
export const GET_AGENT = {
  summary: 'See an agent',
  description: 'By its id, with its voice, its phone number and its variables.',
  answer: dto.AgentAnswer,
  errors: [AGENT_NOT_FOUND],
};
export const UPDATE_AGENT = {
  summary: 'Change an agent',
  description: 'Changes what is sent, and leaves the rest as it is.',
  answer: dto.AgentDataAnswer,
  errors: [NUMBER_INVALID, NUMBER_NOT_ALLOWED, E.VOICE_UNKNOWN, AGENT_NOT_FOUND, VOICES_UNAVAILABLE],
};
export const DELETE_AGENT = {
  summary: 'Delete an agent',
  description: 'It is the active agent of its project no longer. Answers what it was.',
  answer: dto.AgentDataAnswer,
  errors: [AGENT_NOT_FOUND],
};
export const LIST_AGENTS = {
  summary: 'List the agents of a project',
  description:
    'The newest first. A project without agents is answered 404, as documented. A page that would be larger than 8 MB ends early: then it has fewer agents than `pageSize`, and the next page of `Link` goes on behind the last of them.',
  isList: true,
  answer: [dto.AgentAnswer] as [typeof dto.AgentAnswer],
  params: { projectId: 'The project.' },
  errors: [PROJECT_NOT_FOUND, E.NO_AGENTS],
};
export const GET_ACTIVE_AGENT = {
  summary: 'See the active agent of a project',
  description: 'The agent that calls of the project use unless they name another.',
  answer: dto.ActiveAgentAnswer,
  errors: [PROJECT_NOT_FOUND, E.NO_ACTIVE_AGENT],
};
export const SET_ACTIVE_AGENT = {
  summary: 'Set the active agent of a project',
  description: 'It must belong to the project.',
  answer: dto.ActiveAgentSetAnswer,
  errors: [PROJECT_NOT_FOUND, AGENT_NOT_FOUND],
};
export const REMOVE_ACTIVE_AGENT = {
  summary: 'Make an agent active no longer',
  description: 'A success also for an agent that was not active.',
  answer: Answer,
  params: { agentId: 'Its `id` in the list of agents.' },
  errors: [AGENT_NOT_FOUND],
};
export const ADD_NUMBER = {
  summary: 'Link a phone number to an agent',
  description:
    'The number joins the project and rings at the agent from now on. An agent has one number: the one that it had stays in the project, available. A number belongs to one project at a time.',
  answer: PhoneNumberDataAnswer,
  errors: [
    NUMBER_INVALID,
    NUMBER_TAKEN,
    COMMON_ERRORS.QUOTA_REACHED,
    NUMBER_NOT_YOURS,
    PROJECT_NOT_FOUND,
    AGENT_NOT_FOUND,
    CARRIER_UNAVAILABLE,
  ],
};
