import { errorTable } from '../common/app-error.js';

/** The way out that strangers cannot block: a reset link has its own limit, and proves the mailbox just as a code does. */
const OR_RESET_LINK =
  'or ask for a reset link (forgot-password): it verifies the address and lets you choose your password.';

/** Error codes of the account flows. */
export const AUTH_ERRORS = errorTable({
  CREDENTIALS_MISSING: [400, 'Some required fields are missing.'],
  INVALID_EMAIL: [400, 'The e-mail address is not valid.'],
  PASSWORD_TOO_SHORT: [400, 'The password is too short.'],
  PASSWORD_TOO_LONG: [400, 'The password is too long.'],
  PASSWORD_COMMON: [400, 'The password is too easy to guess: it is widely used, or it is the address or the name.'],
  NAME_INVALID: [400, 'The name must have 1 to 100 characters and no control characters.'],
  ACCOUNT_ALREADY_EXISTS: [400, 'An account with this e-mail address exists already.'],
  ACCOUNT_EXISTS: [400, 'This e-mail address is verified already. Log in.'],
  INVALID_CODE: [400, 'The code is wrong.'],
  RESEND_INVITE: [400, 'The code has expired or was used up. Ask for a new one.'],
  RESET_TOKEN_INVALID: [400, 'The reset link is not valid: it has expired, was used, or a newer one was sent.'],
  INVALID_PASSWORD: [401, 'The password is wrong.'],
  ACCOUNT_LOCKED: [401, 'This account is locked. Ask whoever runs the service.'],
  ACCOUNT_NOT_VERIFIED: [401, 'The e-mail address is not verified yet. Enter the code that was mailed to it.'],
  USER_NOT_FOUND: [404, 'There is no such user.'],
  ACCOUNT_NOT_FOUND: [404, 'Nobody signed up with this e-mail address.'],
  TOO_MANY_TRIES: [
    429,
    `Too many wrong codes for this address. Try again after the time in Retry-After, ${OR_RESET_LINK}`,
  ],
  TOO_MANY_LETTERS: [
    429,
    `Letters were sent a short while ago. Try again after the time in Retry-After, ${OR_RESET_LINK}`,
  ],
});
