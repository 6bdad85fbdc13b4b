import { COMMON_ERRORS } from '../common/common.errors.js';
import { REFUSED } from '../credentials/credentials.docs.js';
import { ApiKeyAnswer } from '../credentials/credentials.dto.js';
import { CREDENTIALS_ERRORS } from '../credentials/credentials.errors.js';
import { Answer } from '../openapi/answers.js';
import { DEVICE_TOKEN_SCHEMA } from '../throttling/device-tokens.js';
import { THROTTLING_ERRORS } from '../throttling/throttling.errors.js';
import * as dto from './auth.dto.js';
import { AUTH_ERRORS } from './auth.errors.js';
import { ExportAnswer } from './export.dto.js';
import { LOGIN_FLOW, SIGNUP_FLOW, VERIFICATION_FLOW } from './flows.js';

/** What the OpenAPI document says of each operation of this module, so that the controllers stay a line a handler. */
const E = AUTH_ERRORS;
const C = CREDENTIALS_ERRORS;
const { REQUEST_MALFORMED, VALIDATION_FAILED } = COMMON_ERRORS;
const { TOO_MANY_REQUESTS } = THROTTLING_ERRORS;
const BAD_BODY = [REQUEST_MALFORMED, VALIDATION_FAILED];
const WEAK_PASSWORD = [E.PASSWORD_TOO_SHORT, E.PASSWORD_TOO_LONG, E.PASSWORD_COMMON];

const REFUSED_WITHOUT_BEARER = [...REFUSED, C.BEARER_REQUIRED];

export const SIGNUP = {
  summary: 'Sign up',
  description:
    'Starts an account and mails a code to the address. The tokens of the answer work once the address is verified with that code.',
  answer: dto.SignupAnswer,
  errors: [
    E.CREDENTIALS_MISSING,
    E.INVALID_EMAIL,
    ...WEAK_PASSWORD,
    E.NAME_INVALID,
    E.ACCOUNT_ALREADY_EXISTS,
    ...BAD_BODY,
    TOO_MANY_REQUESTS,
  ],
  flow: SIGNUP_FLOW,
};
export const VERIFY_EMAIL = {
  summary: 'Verify the e-mail address',
  description:
    'Activates the password, name and session of the signup whose code this is. Send the token of the signup as Bearer: then the code is tried for that signup alone. Without it, where the address has signups with different passwords, the code proves the mailbox and no more: the answer has `passwordRequired`, the tokens of all signups end, and a link to choose a password is mailed.',
  answer: dto.VerifyEmailAnswer,
  errors: [
    E.CREDENTIALS_MISSING,
    E.INVALID_EMAIL,
    E.INVALID_CODE,
    E.RESEND_INVITE,
    E.ACCOUNT_EXISTS,
    ...BAD_BODY,
    E.ACCOUNT_NOT_FOUND,
    E.TOO_MANY_TRIES,
    TOO_MANY_REQUESTS,
  ],
  flow: VERIFICATION_FLOW,
};
export const RESEND_CODE = {
  summary: 'Send the verification code again',
  description:
    'Mails a new code for the signup whose token is sent as Bearer, else for the newest one of this network, else for the newest; its old code dies. One letter a minute, five an hour for each network.',
  answer: Answer,
  errors: [
    E.CREDENTIALS_MISSING,
    E.INVALID_EMAIL,
    E.ACCOUNT_EXISTS,
    REQUEST_MALFORMED,
    E.ACCOUNT_NOT_FOUND,
    E.TOO_MANY_LETTERS,
    TOO_MANY_REQUESTS,
  ],
};
export const LOGIN = {
  summary: 'Log in',
  description:
    'Opens a session: an access token for each request, and a refresh token for the next access token. The device token of an earlier login lets a device in from any network while others guess at the password.',
  answer: dto.LoginAnswer,
  headers: {
    'x-device-token': {
      description:
        'The `deviceToken` of this device’s last login, if the body has none. One that is no good is ignored.',
      schema: DEVICE_TOKEN_SCHEMA,
    },
  },
  exampleFields: ['email', 'password'],
  errors: [
    E.CREDENTIALS_MISSING,
    E.INVALID_EMAIL,
    ...BAD_BODY,
    E.INVALID_PASSWORD,
    E.ACCOUNT_NOT_VERIFIED,
    E.USER_NOT_FOUND,
    TOO_MANY_REQUESTS,
  ],
  flow: LOGIN_FLOW,
};
export const REFRESH_TOKEN = {
  summary: 'Get new tokens',
  description:
    'Exchanges a refresh token for the next pair; each refresh token works once. The one before the newest may be sent again within 30 seconds, while the newest was not used. Any other used token ends the session.',
  answer: dto.RefreshTokenAnswer,
  errors: [
    E.CREDENTIALS_MISSING,
    ...BAD_BODY,
    C.REFRESH_TOKEN_INVALID,
    C.EMAIL_NOT_VERIFIED,
    E.USER_NOT_FOUND,
    TOO_MANY_REQUESTS,
  ],
};
export const CHANGE_PASSWORD = {
  summary: 'Change the password',
  description: 'Keeps the session that asks and ends all others.',
  answer: Answer,
  errors: [E.CREDENTIALS_MISSING, ...WEAK_PASSWORD, ...BAD_BODY, E.INVALID_PASSWORD, ...REFUSED],
};
export const FORGOT_PASSWORD = {
  summary: 'Ask for a reset link',
  description: 'Answers the same for every address.',
  answer: Answer,
  errors: [E.CREDENTIALS_MISSING, E.INVALID_EMAIL, REQUEST_MALFORMED, TOO_MANY_REQUESTS],
};
export const RESET_PASSWORD = {
  summary: 'Set a new password with a reset link’s token',
  description: 'Ends every session of the user and, unless RESET_ENDS_API_KEY is off, the API key.',
  answer: Answer,
  errors: [
    E.CREDENTIALS_MISSING,
    E.INVALID_EMAIL,
    E.RESET_TOKEN_INVALID,
    ...WEAK_PASSWORD,
    ...BAD_BODY,
    TOO_MANY_REQUESTS,
  ],
};
export const LOGOUT = {
  summary: 'Log out',
  description: 'Ends the session of the token; its refresh token ends with it.',
  answer: Answer,
  errors: REFUSED_WITHOUT_BEARER,
};
export const LOGOUT_ALL = {
  summary: 'Log out on all devices',
  description: 'Ends every session of the user, this one too. The API key stays.',
  answer: Answer,
  errors: REFUSED_WITHOUT_BEARER,
};

export const GENERATE_API_KEY = {
  summary: 'Generate the API key',
  description: 'Replaces the present key. The answer is the only place where the key is ever shown.',
  answer: ApiKeyAnswer,
  errors: REFUSED_WITHOUT_BEARER,
};
export const DELETE_API_KEY = {
  summary: 'Delete the API key',
  description: 'Programs that use it are refused from then on. A success also where there is none.',
  answer: Answer,
  errors: REFUSED_WITHOUT_BEARER,
};
export const ME = {
  summary: 'See yourself',
  description: 'Your address, your name, and your active project.',
  operationId: 'currentUser',
  answer: dto.MeAnswer,
  errors: REFUSED,
};
export const EXPORT_DATA = {
  summary: 'Export all that is kept about you',
  description:
    'No secrets, no hashes of them, and not the text of letters. Limits are counted under hashes and are left out.',
  answer: ExportAnswer,
  errors: REFUSED_WITHOUT_BEARER,
};
export const LIST_SESSIONS = {
  summary: 'List your sessions',
  answer: dto.SessionsAnswer,
  description: 'The newest first.',
  isList: true,
  errors: [VALIDATION_FAILED, ...REFUSED_WITHOUT_BEARER],
};
export const CURRENT_SESSION = {
  summary: 'Check the token',
  description:
    'Whose token it is, while its session lives. Costs no query: made for gateways that ask for every request.',
  answer: dto.CurrentSessionAnswer,
  errors: REFUSED_WITHOUT_BEARER,
};
export const END_SESSION = {
  summary: 'End a session',
  description: 'Its tokens are refused at once.',
  answer: Answer,
  params: { sessionId: 'Its `id` in the list of sessions.' },
  errors: [...REFUSED_WITHOUT_BEARER, C.SESSION_NOT_FOUND],
};
export const DELETE_ACCOUNT = {
  summary: 'Delete the account',
  description: 'Deletes the user and all data of theirs.',
  answer: Answer,
  errors: [E.CREDENTIALS_MISSING, ...BAD_BODY, E.INVALID_PASSWORD, ...REFUSED_WITHOUT_BEARER],
};
