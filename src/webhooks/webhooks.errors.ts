import { errorTable } from '../common/app-error.js';

/** What can go wrong with webhooks: code → status and message. */
export const WEBHOOKS_ERRORS = errorTable({
  WEBHOOK_URL_INVALID: [400, 'The webhook must be an https URL of a public host, without user name and password.'],
});
