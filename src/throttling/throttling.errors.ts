import { errorTable } from '../common/app-error.js';

/** Error of throttled requests. */
export const THROTTLING_ERRORS = errorTable({
  TOO_MANY_REQUESTS: [429, 'Too many tries. Try again after the time in Retry-After.'],
});
