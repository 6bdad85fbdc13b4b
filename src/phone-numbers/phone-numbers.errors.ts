import { errorTable } from '../common/app-error.js';

/** Error codes of phone numbers. */
export const PHONE_NUMBERS_ERRORS = errorTable({
  NUMBER_TAKEN: [400, 'The phone number belongs to another project.'],
  NUMBER_NOT_FOUND: [404, 'You have no such phone number.'],
});
