import { errorTable } from '../common/app-error.js';

/** Error codes of wrong or missing credentials. */
export const CREDENTIALS_ERRORS = errorTable({
  EMAIL_NOT_VERIFIED: [401, 'The e-mail address of this signup is not verified yet.'],
  UNAUTHORIZED: [401, 'Send a token as "Authorization: Bearer …" or an API key as "x-api-key".'],
  TOKEN_INVALID: [401, 'The token is not valid: it has expired, its session has ended, or it is not one of ours.'],
  API_KEY_INVALID: [401, 'The API key is not valid.'],
  CREDENTIALS_DISAGREE: [401, 'The token and the API key belong to different users. Send one of them.'],
  BEARER_REQUIRED: [401, 'This endpoint wants a token; an API key is not enough.'],
  REFRESH_TOKEN_INVALID: [
    401,
    'The refresh token is not valid: it has expired, was used already, or its session has ended.',
  ],
  SESSION_NOT_FOUND: [404, 'There is no such session.'],
});
