import { errorTable } from '../common/app-error.js';

/** What can go wrong with webhooks: code → status and message. */
export const WEBHOOKS_ERRORS = errorTable({
  WEBHOOK_URL_INVALID: [400, 'The webhook must be an https URL of a public host, without user name and password.'],
  WEBHOOK_NOT_SET: [400, 'The project has no webhook.'],
  WEBHOOK_DELIVERY_NOT_FOUND: [404, 'There is no such delivery in the project.'],
});
