import { Injectable } from '@nestjs/common';
import { AppError } from '../common/app-error.js';
import { PasswordHasher } from './password-hasher.js';
import { PasswordPolicy } from './password-policy.js';

/** The password that a user chooses in the place of another: the field `newPassword`. */
@Injectable()
export class NewPassword {
  constructor(
    private readonly policy: PasswordPolicy,
    private readonly hasher: PasswordHasher,
  ) {}

  /** Throws the code of what is wrong with the password of this person. */
  check(newPassword: string, person: { email: string; name: string }): void {
    const fault = this.policy.fault(newPassword, person);
    if (fault) throw new AppError(fault, { faults: [{ field: 'newPassword', message: fault.message }] });
  }

  hash(newPassword: string): Promise<string> {
    return this.hasher.hash(newPassword);
  }
}
