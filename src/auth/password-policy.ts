import { Injectable } from '@nestjs/common';
import { dictionary } from '@zxcvbn-ts/language-common';
import { ErrorEntry } from '../common/app-error.js';
import { Env } from '../config/env.js';
import { PASSWORD_MAX_LENGTH } from '../http/fields.js';
import { AUTH_ERRORS } from './auth.errors.js';

const COMMON_PASSWORDS = new Set(dictionary['passwords-common']);

/** What a password must be: long enough and not guessable; no rules of composition (NIST SP 800-63B, section 5.1.1.2). */
@Injectable()
export class PasswordPolicy {
  constructor(private readonly env: Env) {}

  /** What is wrong with the password of this person; null when nothing is. Lengths count characters, not bytes. */
  fault(password: string, person: { email: string; name: string }): ErrorEntry | null {
    const { length } = [...password.normalize('NFC')];
    if (length < this.env.PASSWORD_MIN_LENGTH) {
      const { PASSWORD_TOO_SHORT } = AUTH_ERRORS;
      return {
        ...PASSWORD_TOO_SHORT,
        message: `The password must have at least ${this.env.PASSWORD_MIN_LENGTH} characters.`,
      };
    }
    if (length > PASSWORD_MAX_LENGTH) {
      const { PASSWORD_TOO_LONG } = AUTH_ERRORS;
      return { ...PASSWORD_TOO_LONG, message: `The password must have at most ${PASSWORD_MAX_LENGTH} characters.` };
    }
    const plain = password.normalize('NFC').toLowerCase();
    const isPersonal = plain === person.email || plain === person.name.normalize('NFC').toLowerCase();
    return isPersonal || COMMON_PASSWORDS.has(plain) ? AUTH_ERRORS.PASSWORD_COMMON : null;
  }
}
