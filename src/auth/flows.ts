import { Flow } from '../http/flow.js';

/** `signupStatus` as documented. */
export const SIGNUP_STATUS = {
  CREDENTIALS_MISSING: 0,
  ACCOUNT_ALREADY_EXISTS: 1,
  EMAIL_NOT_VERIFIED: 2,
  SUCCESS: 3,
  SIGNUP_FAILED: 4,
  INVALID_EMAIL: 5,
  EMAIL_NOT_SENT: 6,
} as const;

/** `verificationStatus` as documented. */
export const EMAIL_VERIFICATION_STATUS = {
  CREDENTIALS_MISSING: 0,
  INVALID_CODE: 1,
  SUCCESS: 2,
  RESEND_INVITE: 3,
  ACCOUNT_EXISTS: 4,
  ACCOUNT_NOT_FOUND: 5,
} as const;

/** `loginStatus` as documented. */
export const LOGIN_STATUS = {
  CREDENTIALS_MISSING: 0,
  ACCOUNT_ALREADY_EXISTS: 1,
  ACCOUNT_NOT_VERIFIED: 2,
  USER_NOT_FOUND: 3,
  INVALID_PASSWORD: 4,
  HUBSPOT_INTEGRATION_FAILED: 5,
  HUBSPOT_INTEGRATION_SUCCESS: 6,
  SUCCESS: 7,
  LOGIN_FAILED: 8,
  INVALID_EMAIL: 9,
} as const;

/** Error codes that the enum has under the same name. */
function sameNames(numbers: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(numbers).filter(([name]) => name !== 'SUCCESS'));
}

export const SIGNUP_FLOW: Flow = {
  field: 'signupStatus',
  numbers: SIGNUP_STATUS,
  byCode: sameNames(SIGNUP_STATUS),
  otherwise: SIGNUP_STATUS.SIGNUP_FAILED,
};

/** The enum has no number for "failed": an unreadable request maps to missing credentials, any other error to a rejected code. */
export const VERIFICATION_FLOW: Flow = {
  field: 'verificationStatus',
  numbers: EMAIL_VERIFICATION_STATUS,
  byCode: {
    ...sameNames(EMAIL_VERIFICATION_STATUS),
    INVALID_EMAIL: EMAIL_VERIFICATION_STATUS.CREDENTIALS_MISSING,
    REQUEST_MALFORMED: EMAIL_VERIFICATION_STATUS.CREDENTIALS_MISSING,
    VALIDATION_FAILED: EMAIL_VERIFICATION_STATUS.CREDENTIALS_MISSING,
    BODY_TOO_LARGE: EMAIL_VERIFICATION_STATUS.CREDENTIALS_MISSING,
    NOT_JSON: EMAIL_VERIFICATION_STATUS.CREDENTIALS_MISSING,
  },
  otherwise: EMAIL_VERIFICATION_STATUS.INVALID_CODE,
};

export const LOGIN_FLOW: Flow = {
  field: 'loginStatus',
  numbers: LOGIN_STATUS,
  byCode: sameNames(LOGIN_STATUS),
  otherwise: LOGIN_STATUS.LOGIN_FAILED,
};
