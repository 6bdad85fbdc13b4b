import { errorTable } from '../common/app-error.js';

/** What can go wrong with numbers and carriers: code → status and message. */
export const TELEPHONY_ERRORS = errorTable({
  NUMBER_INVALID: [
    400,
    'The phone number must be in E.164 form: a plus sign, the country code and the number, digits only.',
  ],
  NUMBER_NOT_ALLOWED: [
    400,
    'Numbers of this kind are not called: premium rate, satellite, short codes, emergency numbers, or a country that is not open.',
  ],
  NUMBER_NOT_YOURS: [
    400,
    'The phone number was neither bought from nor verified with the carrier by the account of this service.',
  ],
  CARRIER_UNAVAILABLE: [
    503,
    'The carrier cannot be asked about the number right now. Try again after the time in Retry-After.',
  ],
});
