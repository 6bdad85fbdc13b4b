import { WEBHOOKS_ERRORS } from '../webhooks/webhooks.errors.js';
import { DeliveriesAnswer, OneDeliveryAnswer, WebhookSecretAnswer } from './project-webhooks.dto.js';
import { PROJECTS_ERRORS } from './projects.errors.js';

/** OpenAPI documentation of the webhooks of projects. */
const params = { projectId: 'Its `id` in the list of projects.' };
const { PROJECT_NOT_FOUND } = PROJECTS_ERRORS;
const { WEBHOOK_DELIVERY_NOT_FOUND, WEBHOOK_NOT_SET } = WEBHOOKS_ERRORS;

export const ROTATE_WEBHOOK_SECRET = {
  summary: 'Make a new webhook secret',
  description: 'What webhooks are signed with. The secret before signs too for 24 hours.',
  answer: WebhookSecretAnswer,
  params,
  errors: [PROJECT_NOT_FOUND],
};
export const LIST_WEBHOOK_DELIVERIES = {
  summary: 'List the webhooks of a project',
  description: 'Those on their way, and what became of the others of the last days. The newest first.',
  answer: DeliveriesAnswer,
  isList: true,
  params,
  errors: [PROJECT_NOT_FOUND],
};
export const REPLAY_WEBHOOK_DELIVERY = {
  summary: 'Deliver a webhook once more',
  description: 'With the same `webhook-id` and content, to where the webhook leads now.',
  answer: OneDeliveryAnswer,
  params: { ...params, deliveryId: 'Its `id` in the list of deliveries.' },
  errors: [PROJECT_NOT_FOUND, WEBHOOK_DELIVERY_NOT_FOUND],
};
export const TEST_WEBHOOK = {
  summary: 'Send a test webhook',
  description:
    'Of the type `webhook.test`. The list of deliveries tells what became of it; a project has one test at most.',
  answer: OneDeliveryAnswer,
  params,
  errors: [WEBHOOK_NOT_SET, PROJECT_NOT_FOUND],
};
