import { COMMON_ERRORS } from '../common/common.errors.js';
import { Answer } from '../openapi/answers.js';
import { WEBHOOKS_ERRORS } from '../webhooks/webhooks.errors.js';
import { AddWebhookAnswer } from './project-webhooks.dto.js';
import * as dto from './projects.dto.js';
import { PROJECTS_ERRORS } from './projects.errors.js';

/** OpenAPI documentation of this module's operations. */
const E = PROJECTS_ERRORS;
const params = { projectId: 'Its `id` in the list of projects.' };

export const PROJECT_TAG = { name: 'Project', description: 'What agents, phone numbers and calls belong to.' };

export const CREATE_PROJECT = {
  summary: 'Create a project',
  description: 'The name must differ from those of your other projects, capitals or not.',
  answer: dto.ProjectDataAnswer,
  errors: [COMMON_ERRORS.QUOTA_REACHED, E.PROJECT_NAME_TAKEN],
};
export const LIST_PROJECTS = {
  summary: 'List your projects',
  description: 'The newest first.',
  answer: dto.ProjectsAnswer,
  isList: true,
};
export const LIST_PROJECTS_ALSO = { ...LIST_PROJECTS, description: 'The same as `GET /project`.' };
export const GET_PROJECT = {
  summary: 'See a project',
  description: 'With its webhook and its active agent.',
  answer: dto.ProjectDataAnswer,
  params,
  errors: [E.PROJECT_UNKNOWN],
};
export const UPDATE_PROJECT = {
  exampleFields: ['name', 'description', 'webhookUrl'],
  summary: 'Change a project',
  description: 'Changes what is sent, and leaves the rest as it is.',
  answer: dto.ProjectDataAnswer,
  params,
  errors: [E.PROJECT_NAME_TAKEN, WEBHOOKS_ERRORS.WEBHOOK_URL_INVALID, E.PROJECT_NOT_FOUND],
};
export const DELETE_PROJECT = {
  summary: 'Delete a project',
  description:
    'Refused while it has agents or phone numbers, unless `cascade` is true: then these are deleted with it. The body may be left out.',
  answer: Answer,
  params,
  errors: [E.PROJECT_NOT_EMPTY, E.PROJECT_NOT_FOUND],
};
export const ADD_WEBHOOK = {
  exampleFields: ['projectId', 'webhookURL'],
  summary: 'Set where calls report their progress',
  description:
    'An https URL of a public host; null takes it away. Webhooks are signed with the `secret` of the answer: docs/webhooks.md tells how to verify them.',
  answer: AddWebhookAnswer,
  errors: [WEBHOOKS_ERRORS.WEBHOOK_URL_INVALID, E.PROJECT_NOT_FOUND],
};
export const SET_ACTIVE_PROJECT = {
  summary: 'Set the active project',
  description: 'It stays active until another one is set or it is deleted.',
  answer: dto.ActiveProjectSetAnswer,
  errors: [E.PROJECT_UNKNOWN],
};
export const GET_ACTIVE_PROJECT = {
  summary: 'See the active project',
  description: '404 where none was set, or where it was deleted.',
  answer: dto.ActiveProjectAnswer,
  errors: [E.NO_ACTIVE_PROJECT],
};
