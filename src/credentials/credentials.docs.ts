import { THROTTLING_ERRORS } from '../throttling/throttling.errors.js';
import { JwksAnswer } from './credentials.dto.js';
import { CREDENTIALS_ERRORS } from './credentials.errors.js';

const C = CREDENTIALS_ERRORS;
/** What any guarded operation may answer. */
export const AUTHENTICATION_TAG = {
  name: 'Authentication',
  description: 'Sign up, prove the mailbox, log in, stay logged in, recover the account.',
};

export const REFUSED = [
  C.UNAUTHORIZED,
  C.TOKEN_INVALID,
  C.EMAIL_NOT_VERIFIED,
  C.API_KEY_INVALID,
  C.CREDENTIALS_DISAGREE,
  THROTTLING_ERRORS.TOO_MANY_REQUESTS,
];

export const JWKS = {
  operationId: 'publicKeys',
  summary: 'Public keys of the access tokens',
  description: 'A JSON Web Key Set (RFC 7517). The next key is published before it signs.',
  answer: JwksAnswer,
};
