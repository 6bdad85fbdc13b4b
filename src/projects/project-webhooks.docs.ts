import { WebhookSecretAnswer } from './project-webhooks.dto.js';
import { PROJECTS_ERRORS } from './projects.errors.js';

/** What the OpenAPI document says of the webhooks of projects. */
const params = { projectId: 'Its `id` in the list of projects.' };
const { PROJECT_NOT_FOUND } = PROJECTS_ERRORS;

export const ROTATE_WEBHOOK_SECRET = {
  summary: 'Make a new webhook secret',
  description: 'What webhooks are signed with. The secret before signs too for 24 hours.',
  answer: WebhookSecretAnswer,
  params,
  errors: [PROJECT_NOT_FOUND],
};
