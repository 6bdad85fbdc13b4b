import { Injectable } from '@nestjs/common';
import { AppError } from '../common/app-error.js';
import { PasswordHasher } from './password-hasher.js';
import { PasswordPolicy } from './password-policy.js';

/** Checks and hashes the password in the field `newPassword`. */
@Injectable()
export class NewPassword {
  constructor(
    private readonly policy: PasswordPolicy,
    private readonly hasher: PasswordHasher,
  ) {}

  /** Throws when this person may not have the password. */
  check(newPassword: string, person: { email: string; name: string }): void {
    const fault = this.policy.fault(newPassword, person);
    if (fault) throw new AppError(fault, { faults: [{ field: 'newPassword', message: fault.message }] });
  }

  hash(newPassword: string): Promise<string> {
    return this.hasher.hash(newPassword);
  }
}
