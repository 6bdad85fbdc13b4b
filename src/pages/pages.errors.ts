import { errorTable } from '../common/app-error.js';

/** Errors of the pages for development. */
export const PAGES_ERRORS = errorTable({
  DEV_PAGES_CLOSED: [404, 'This page answers only on the machine of the service. DEV_PAGES=open opens it to others.'],
});
