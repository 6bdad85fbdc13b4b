import { AGENT_TAG } from './agents/agents.docs.js';
import { CALL_TAG } from './calls/calls.docs.js';
import { AUTHENTICATION_TAG } from './credentials/credentials.docs.js';
import { GUARD_ERRORS } from './credentials/credentials.guard.js';
import type { ApiParts } from './openapi/document.js';
import { OPERATION_TAG } from './operation/operation.docs.js';
import { PHONE_NUMBER_TAG } from './phone-numbers/phone-numbers.docs.js';
import { PROJECT_TAG } from './projects/projects.docs.js';
import { USER_TAG } from './users/users.docs.js';
import { VOICES_TAG } from './voices/voices.docs.js';

/** The tags of the modules, in the order of the public documentation, and what the guard before them all refuses with. */
export const API_PARTS: ApiParts = {
  tags: [AUTHENTICATION_TAG, USER_TAG, PROJECT_TAG, AGENT_TAG, CALL_TAG, VOICES_TAG, PHONE_NUMBER_TAG, OPERATION_TAG],
  guardErrors: GUARD_ERRORS,
};
