import { errorTable } from './app-error.js';

/** Errors that any endpoint may respond with. */
export const COMMON_ERRORS = errorTable({
  REQUEST_MALFORMED: [
    400,
    'The request could not be read: its body is not a valid JSON object, or its URL is malformed.',
  ],
  VALIDATION_FAILED: [400, 'Some fields of the request are missing or wrong; see errors.'],
  QUOTA_REACHED: [400, 'You have as many of these as you may have. Delete one that you no longer need.'],
  ROUTE_NOT_FOUND: [404, 'There is no such endpoint.'],
  BODY_TOO_LARGE: [413, 'The request body is too large.'],
  NOT_JSON: [415, 'Send the body as application/json, uncompressed.'],
  INTERNAL_ERROR: [500, 'Something went wrong on our side. Quote the requestId when you report it.'],
  OVERLOADED: [503, 'The service is busy right now. Try again after the time in Retry-After.'],
  STOPPING: [503, 'This instance is being stopped. Ask another one.'],
  DATABASE_UNAVAILABLE: [503, 'The database cannot be reached right now. Try again after the time in Retry-After.'],
});
