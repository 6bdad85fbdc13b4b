import { AGENTS_ERRORS } from '../agents/agents.errors.js';
import { COMMON_ERRORS } from '../common/common.errors.js';
import { PROJECTS_ERRORS } from '../projects/projects.errors.js';
import { TELEPHONY_ERRORS } from '../telephony/telephony.errors.js';
import { CallDataAnswer } from './call-answer.js';
import { CallHistoryAnswer } from './call-history.dto.js';
import { MakeCallAnswer } from './calls.dto.js';
import { CALLS_ERRORS } from './calls.errors.js';

/** What the OpenAPI document says of each operation of this module, so that the controllers stay a line a handler. */
const E = CALLS_ERRORS;
const { PROJECT_NOT_FOUND } = PROJECTS_ERRORS;

export const CALL_TAG = {
  name: 'Call',
  description: 'Calls that agents make: what became of them, and what was said.',
};

export const MAKE_CALL = {
  summary: 'Make a call',
  description:
    'Answers at once; the call waits until it can be made. POST /call tells what becomes of it, and so does the webhook of the project. With an `Idempotency-Key` the same request makes one call however often it is sent.',
  answer: MakeCallAnswer,
  headers: {
    'Idempotency-Key': {
      description:
        'For 24 hours, the same key with the same body answers the same call; `order-4711`, say. None: each request makes a call.',
      schema: {
        type: 'string',
        minLength: 1,
        maxLength: 255,
        pattern: '^[\\x21-\\x7e]{1,255}$',
        // No example: Swagger UI would send it with every call, and all would be the first one.
      },
    },
  },
  errors: [
    TELEPHONY_ERRORS.NUMBER_INVALID,
    TELEPHONY_ERRORS.NUMBER_NOT_ALLOWED,
    E.NUMBER_SUPPRESSED,
    E.AGENT_HAS_NO_NUMBER,
    AGENTS_ERRORS.VARIABLES_MISSING,
    AGENTS_ERRORS.VARIABLES_TOO_LONG,
    E.IDEMPOTENCY_KEY_REUSED,
    COMMON_ERRORS.QUOTA_REACHED,
    PROJECT_NOT_FOUND,
    AGENTS_ERRORS.AGENT_NOT_FOUND,
    E.CALLS_NOT_SET_UP,
  ],
};
export const GET_CALL = {
  exampleFields: ['sid', 'projectId'],
  summary: 'See a call',
  description: 'With its status, its outcome and what was said.',
  answer: CallDataAnswer,
  errors: [E.CALL_NOT_FOUND],
};
export const GET_CALL_HISTORY = {
  exampleFields: ['projectId', 'pageSize'],
  summary: 'List the calls of a project',
  description:
    'The newest first; calls of a span of time by that time. Filters may stand in the query or in the body. Follow `nextCursor` from page to page.',
  answer: CallHistoryAnswer,
  errors: [PROJECT_NOT_FOUND],
};
export const END_CALL = {
  exampleFields: ['sid', 'projectId'],
  summary: 'End a call',
  description: 'Cancels a call that waits, and hangs up any other. A success also when the call is over.',
  answer: MakeCallAnswer,
  errors: [E.CALL_NOT_FOUND],
};
