import { errorTable } from '../common/app-error.js';

/** Error codes of projects. */
export const PROJECTS_ERRORS = errorTable({
  PROJECT_NAME_TAKEN: [400, 'You have a project of this name already.'],
  PROJECT_NOT_EMPTY: [400, 'The project still has agents or phone numbers. Remove them first, or send cascade: true.'],
  PROJECT_UNKNOWN: [400, 'You have no such project.'],
  PROJECT_NOT_FOUND: [404, 'You have no such project.'],
  NO_ACTIVE_PROJECT: [404, 'You have no active project.'],
});
