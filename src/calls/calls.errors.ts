import { errorTable } from '../common/app-error.js';

/** What can go wrong with calls: code → status and message. */
export const CALLS_ERRORS = errorTable({
  NUMBER_SUPPRESSED: [400, 'The person asked not to be called, or you put the number on your list of these.'],
  AGENT_HAS_NO_NUMBER: [400, 'The agent has no phone number to call from. Link one to it first.'],
  IDEMPOTENCY_KEY_REUSED: [400, 'This Idempotency-Key came with another body in the last 24 hours.'],
  RECORDING_LINK_INVALID: [
    403,
    'The link is cut off, changed or too old. Ask for the call again: its data has a new one.',
  ],
  RECORDING_NOT_FOUND: [404, 'The recording was deleted.'],
  CALL_NOT_FOUND: [404, 'You have no such call.'],
  CALLS_NOT_SET_UP: [503, 'The operator of this service has not set up yet how calls are made.'],
});
