import { errorTable } from '../common/app-error.js';

/** Errors of the development mailbox; sending letters has none that a client sees. */
export const MAIL_ERRORS = errorTable({
  DEV_PAGES_CLOSED: [404, 'This page answers only on the machine of the service. DEV_PAGES=open opens it to others.'],
  LETTER_NOT_FOUND: [404, 'The development mailbox has no such letter.'],
});
