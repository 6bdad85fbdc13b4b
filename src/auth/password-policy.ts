import { Injectable } from '@nestjs/common';
import { dictionary } from '@zxcvbn-ts/language-common';
import { ErrorEntry } from '../common/app-error.js';
import { AccountsSettings } from '../config/accounts.settings.js';
import { hasAtMost, PASSWORD_MAX_LENGTH } from '../http/fields.js';
import { AUTH_ERRORS } from './auth.errors.js';

const COMMON_PASSWORDS = new Set(dictionary['passwords-common']);

/** NFC shortens text at most to a quarter of its code units (Unicode Standard Annex 15), so longer text is too long in any form. */
const MAX_UNITS = 4 * PASSWORD_MAX_LENGTH;

/**
 * The form in which passwords are hashed and compared. Text that is too long for a password is not normalised: that work can grow with the
 * square of the length.
 */
export function normalisePassword(password: string): string {
  return password.length > MAX_UNITS ? password : password.normalize('NFC');
}

/** Requires passwords to be long enough and not common; no composition rules (NIST SP 800-63B, section 5.1.1.2). */
@Injectable()
export class PasswordPolicy {
  constructor(private readonly settings: AccountsSettings) {}

  /** Returns the error of a password that this person may not have, else null. Lengths count characters, not bytes. */
  fault(password: string, person: { email: string; name: string }): ErrorEntry | null {
    const written = normalisePassword(password);
    if (hasAtMost(this.settings.PASSWORD_MIN_LENGTH - 1, written)) {
      const { PASSWORD_TOO_SHORT } = AUTH_ERRORS;
      return {
        ...PASSWORD_TOO_SHORT,
        message: `The password must have at least ${this.settings.PASSWORD_MIN_LENGTH} characters.`,
      };
    }
    if (!hasAtMost(PASSWORD_MAX_LENGTH, written)) {
      const { PASSWORD_TOO_LONG } = AUTH_ERRORS;
      return { ...PASSWORD_TOO_LONG, message: `The password must have at most ${PASSWORD_MAX_LENGTH} characters.` };
    }
    const plain = written.toLowerCase();
    const isPersonal = plain === person.email || plain === normalisePassword(person.name).toLowerCase();
    return isPersonal || COMMON_PASSWORDS.has(plain) ? AUTH_ERRORS.PASSWORD_COMMON : null;
  }
}
