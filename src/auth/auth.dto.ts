import { ApiProperty, ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import { AnyTextField, EmailField, PasswordField, PersonNameField, TextField, ID_EXAMPLES } from '../http/fields.js';
import { SessionAnswer } from '../credentials/credentials.dto.js';
import { Answer } from '../openapi/answers.js';
import { enumOfNumbers } from '../openapi/operation.js';
import { DEVICE_TOKEN_SCHEMA } from '../throttling/device-tokens.js';
import { UserAnswer, UserDataAnswer } from '../users/users.dto.js';
import { AUTH_ERRORS } from './auth.errors.js';
import { CODE_LENGTH } from './codes.js';
import { EMAIL_VERIFICATION_STATUS, LOGIN_STATUS, SIGNUP_STATUS } from './flows.js';

const missing = AUTH_ERRORS.CREDENTIALS_MISSING;
const invalid = AUTH_ERRORS.INVALID_EMAIL;
const EMAIL = { missing, invalid };
/** Far longer than any token of ours. */
const TOKEN_MAX_LENGTH = 1024;
/** Longer than any code as people type it: such text is still answered as a wrong code, not as a malformed request. */
const CODE_MAX_LENGTH = 64;

export class SignupDto {
  @EmailField({ ...EMAIL, description: 'The user’s address; trimmed and lower-cased.' })
  email: string;

  @PasswordField({
    missing,
    isNew: true,
    description: 'Taken as it is, never trimmed or cut. A widely used one, the address or the name is refused.',
  })
  password: string;

  @PersonNameField({ missing, description: 'The user’s name; no control characters.', example: 'Ada' })
  name: string;
}

export class VerifyEmailDto {
  @EmailField({ ...EMAIL, description: 'The address that signed up.' })
  email: string;

  @TextField({
    missing,
    maxLength: CODE_MAX_LENGTH,
    description: `The code from the letter, ${CODE_LENGTH} digits of any script; blanks and dashes between them do not matter.`,
    example: '123456',
  })
  code: string;
}

export class ResendCodeDto {
  @EmailField({ ...EMAIL, description: 'The address that signed up.' })
  email: string;
}

export class LoginDto {
  @EmailField({ ...EMAIL, description: 'The user’s address.' })
  email: string;

  @PasswordField({ missing, description: 'The user’s password.' })
  password: string;

  @AnyTextField({
    description:
      'The `deviceToken` of this device’s last login; may be sent as header `x-device-token` instead. With it the login does not wait for wrong passwords from elsewhere. One that is no good is ignored.',
    ...DEVICE_TOKEN_SCHEMA,
  })
  deviceToken?: string;
}

const REFRESH_TOKEN = { optional: true, maxLength: TOKEN_MAX_LENGTH, example: 'AZt6Pn1efIqdPysxTV5vcA…' };

export class RefreshTokenDto {
  @TextField({
    ...REFRESH_TOKEN,
    description: 'The newest refresh token of the session. Wanted, if `resfreshToken` is not sent.',
  })
  refreshToken?: string;

  @TextField({
    ...REFRESH_TOKEN,
    description: 'The same as `refreshToken`, in place of it, under its name in the documented answer.',
  })
  resfreshToken?: string;
}

export class ChangePasswordDto {
  @PasswordField({ missing, description: 'The present password.' })
  oldPassword: string;

  @PasswordField({
    missing,
    isNew: true,
    description: 'The new password, as at signup.',
    example: 'a new and much better password',
  })
  newPassword: string;
}

export class ForgotPasswordDto {
  @EmailField({ ...EMAIL, description: 'The user’s address.' })
  email: string;
}

export class ResetPasswordDto {
  @TextField({
    missing,
    invalid: AUTH_ERRORS.RESET_TOKEN_INVALID,
    maxLength: TOKEN_MAX_LENGTH,
    description: 'The token from the link.',
    example: '0mJtV9yLq…',
  })
  token: string;

  @PasswordField({
    missing,
    isNew: true,
    description: 'The new password, as at signup.',
    example: 'a new and much better password',
  })
  newPassword: string;

  @EmailField({ invalid, optional: true, description: 'If sent, it must be the account’s.' })
  email?: string;
}

export class DeleteAccountDto {
  @PasswordField({ missing, description: 'The user’s password.' })
  password: string;
}

/** The tokens of a session. */
export class TokensAnswer {
  @ApiProperty({ description: 'Access token (JWT) for `Authorization: Bearer`.', example: 'eyJhbGciOiJFUzI1NiIs…' })
  token: string;

  @ApiProperty({ description: 'Gets the next tokens; each works once.', example: 'AZt6Pn1efIqdPysxTV5vcA…' })
  refreshToken: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    description: 'When `token` expires.',
    example: '2026-01-01T02:00:00.000Z',
  })
  expirationTime: string;
}

export class SignupAnswer extends IntersectionType(Answer, TokensAnswer) {
  @ApiProperty({ type: UserAnswer })
  user: UserAnswer;

  @ApiProperty({ ...enumOfNumbers(SIGNUP_STATUS), example: 3 })
  signupStatus: number;
}

export class VerifyEmailAnswer extends Answer {
  @ApiProperty({ type: UserDataAnswer })
  userData: UserDataAnswer;

  @ApiProperty({ ...enumOfNumbers(EMAIL_VERIFICATION_STATUS), example: 2 })
  verificationStatus: number;

  @ApiPropertyOptional({
    description:
      'True, and only there, when the address had signups with different passwords: none was taken over, and a link to choose one was mailed.',
    example: true,
  })
  passwordRequired?: boolean;
}

export class LoginAnswer extends IntersectionType(Answer, TokensAnswer) {
  @ApiProperty({ type: UserAnswer })
  user: UserAnswer;

  @ApiProperty({
    description:
      'Keep it, also after the logout, and send it with the next login of this address. It opens nothing; it names this device for 90 days, until the password changes or a logout of all devices.',
    ...DEVICE_TOKEN_SCHEMA,
  })
  deviceToken: string;

  @ApiProperty({ ...enumOfNumbers(LOGIN_STATUS), example: 7 })
  loginStatus: number;
}

export class RefreshTokenAnswer extends TokensAnswer {
  @ApiProperty({
    description: 'The same as `refreshToken`, under its name in the documented example.',
    example: 'AZt6Pn1e…',
  })
  resfreshToken: string;
}

export class SessionsAnswer extends Answer {
  @ApiProperty({ type: [SessionAnswer] })
  sessions: SessionAnswer[];
}

export class CurrentSessionAnswer extends Answer {
  @ApiProperty({ format: 'uuid', example: ID_EXAMPLES.sessionId })
  session_id: string;

  @ApiProperty({ format: 'uuid', example: ID_EXAMPLES.userId })
  user_id: string;
}

export class MeAnswer extends Answer {
  @ApiProperty({ type: UserDataAnswer })
  user: UserDataAnswer;
}
