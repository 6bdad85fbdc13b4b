import { ApiKeyAnswer } from '../credentials/credentials.dto.js';
import { CREDENTIALS_ERRORS } from '../credentials/credentials.errors.js';
import { Answer } from '../openapi/answers.js';
import { DEVICE_TOKEN_SCHEMA } from '../throttling/device-tokens.js';
import * as dto from './auth.dto.js';
import { AUTH_ERRORS } from './auth.errors.js';
import { ExportAnswer } from './export.dto.js';

/** OpenAPI documentation of this module's operations. */
const E = AUTH_ERRORS;
const C = CREDENTIALS_ERRORS;
const WEAK_PASSWORD = [E.PASSWORD_TOO_SHORT, E.PASSWORD_TOO_LONG, E.PASSWORD_COMMON];

export const SIGNUP = {
  summary: 'Sign up',
  description:
    'Starts an account and mails a code to the address. The tokens of the answer work once the address is verified with that code.',
  answer: dto.SignupAnswer,
  errors: [...WEAK_PASSWORD, E.NAME_INVALID, E.ACCOUNT_ALREADY_EXISTS],
};
export const VERIFY_EMAIL = {
  summary: 'Verify the e-mail address',
  description:
    'Activates the password, name and session of the signup whose code this is. Send the token of the signup as Bearer: then the code is tried for that signup alone. Without it, where the address has signups with different passwords, the code proves the mailbox and no more: the answer has `passwordRequired`, the tokens of all signups end, and a link to choose a password is mailed.',
  answer: dto.VerifyEmailAnswer,
  errors: [E.INVALID_CODE, E.RESEND_INVITE, E.ACCOUNT_EXISTS, E.ACCOUNT_NOT_FOUND, E.TOO_MANY_TRIES],
};
export const RESEND_CODE = {
  summary: 'Send the verification code again',
  description:
    'Mails a new code for the signup whose token is sent as Bearer, else for the newest one of this network, else for the newest; its old code dies. One letter a minute, five an hour for each network.',
  answer: Answer,
  errors: [E.ACCOUNT_EXISTS, E.ACCOUNT_NOT_FOUND, E.TOO_MANY_LETTERS],
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
  errors: [E.INVALID_PASSWORD, E.ACCOUNT_NOT_VERIFIED, E.USER_NOT_FOUND],
};
export const REFRESH_TOKEN = {
  summary: 'Get new tokens',
  description:
    'Exchanges a refresh token for the next pair; each refresh token works once. The one before the newest may be sent again within 30 seconds, while the newest was not used. Any other used token ends the session.',
  answer: dto.RefreshTokenAnswer,
  errors: [E.CREDENTIALS_MISSING, C.REFRESH_TOKEN_INVALID, C.EMAIL_NOT_VERIFIED, E.USER_NOT_FOUND],
};
export const CHANGE_PASSWORD = {
  summary: 'Change the password',
  description: 'Keeps the session that asks and ends all others.',
  answer: Answer,
  errors: [...WEAK_PASSWORD, E.INVALID_PASSWORD],
};
export const FORGOT_PASSWORD = {
  summary: 'Ask for a reset link',
  description: 'Answers the same for every address.',
  answer: Answer,
};
export const RESET_PASSWORD = {
  summary: 'Set a new password with a reset link’s token',
  description: 'Ends every session of the user and, unless RESET_ENDS_API_KEY is off, the API key.',
  answer: Answer,
  errors: [E.RESET_TOKEN_INVALID, ...WEAK_PASSWORD],
};
export const LOGOUT = {
  summary: 'Log out',
  description: 'Ends the session of the token; its refresh token ends with it.',
  answer: Answer,
};
export const LOGOUT_ALL = {
  summary: 'Log out on all devices',
  description: 'Ends every session of the user, this one too. The API key stays.',
  answer: Answer,
};

export const GENERATE_API_KEY = {
  summary: 'Generate the API key',
  description: 'Replaces the present key. The answer is the only place where the key is ever shown.',
  answer: ApiKeyAnswer,
};
export const DELETE_API_KEY = {
  summary: 'Delete the API key',
  description: 'Programs that use it are refused from then on. A success also where there is none.',
  answer: Answer,
};
export const ME = {
  summary: 'See yourself',
  description: 'Your address, your name, and your active project.',
  operationId: 'currentUser',
  answer: dto.MeAnswer,
};
export const EXPORT_DATA = {
  summary: 'Export all that is kept about you',
  description:
    'No secrets, no hashes of them, and not the text of letters. Limits are counted under hashes and are left out.',
  answer: ExportAnswer,
};
export const LIST_SESSIONS = {
  summary: 'List your sessions',
  answer: dto.SessionsAnswer,
  description: 'The newest first.',
  isList: true,
};
export const CURRENT_SESSION = {
  summary: 'Check the token',
  description:
    'Whose token it is, while its session lives. Costs no query: made for gateways that ask for every request.',
  answer: dto.CurrentSessionAnswer,
};
export const END_SESSION = {
  summary: 'End a session',
  description: 'Its tokens are refused at once.',
  answer: Answer,
  params: { sessionId: 'Its `id` in the list of sessions.' },
  errors: [C.SESSION_NOT_FOUND],
};
export const DELETE_ACCOUNT = {
  summary: 'Delete the account',
  description: 'Deletes the user and all data of theirs.',
  answer: Answer,
  errors: [E.INVALID_PASSWORD],
};
