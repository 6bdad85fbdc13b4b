import { timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Secrets } from '../secrets/secrets.js';
import { PasswordHasher } from './password-hasher.js';
import { SignupAttempt } from './signup-attempt.entity.js';

const SALT_BYTES = 16;

/**
 * Hashes passwords of signups. All signups of an address share a secret salt, so one hash can be compared with all of them: a login costs
 * one hash whether the address is unknown, pending or verified.
 */
@Injectable()
export class PendingPasswords {
  constructor(
    private readonly hasher: PasswordHasher,
    private readonly secrets: Secrets,
  ) {}

  hash(email: string, password: string): Promise<string> {
    return this.hasher.hash(password, this.secrets.mac('pending-salt', email).subarray(0, SALT_BYTES));
  }

  /** Whether the password is that of one of these signups. */
  async fitsAny(attempts: SignupAttempt[], email: string, password: string): Promise<boolean> {
    const hash = Buffer.from(await this.hash(email, password));
    return attempts.some(
      ({ passwordHash }) => hash.length === passwordHash.length && timingSafeEqual(hash, Buffer.from(passwordHash)),
    );
  }
}
