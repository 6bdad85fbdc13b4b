import { errorTable } from '../common/app-error.js';

/** Errors of the development mailbox. Sending has no errors that clients see. */
export const MAIL_ERRORS = errorTable({
  LETTER_NOT_FOUND: [404, 'The development mailbox has no such letter.'],
});
