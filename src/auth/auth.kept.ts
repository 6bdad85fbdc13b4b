import { ApiProperty } from '@nestjs/swagger';
import { LessThan } from 'typeorm';
import { daysBefore } from '../common/clock.js';
import { CredentialsSettings } from '../credentials/credentials.settings.js';
import { ExportedAs } from '../kept-data/exported-data.js';
import { keeps } from '../kept-data/keeps.js';
import { AddressLimits } from './address-limits.entity.js';
import { ResetToken } from './reset-token.entity.js';
import { SignupAttempt } from './signup-attempt.entity.js';
import { SignupAttempts } from './signup-attempts.service.js';

/** Longer than the longest window that is counted, which is a day. */
const ADDRESS_LIMIT_DAYS = 2;
const MOMENT = { type: String, format: 'date-time', example: '2026-01-01T00:00:00.000Z' };

@ExportedAs('resetLinks', 'The pending one.')
export class ExportedResetLink {
  @ApiProperty(MOMENT)
  created_at: string;

  @ApiProperty(MOMENT)
  expires_at: string;

  static of({ createdAt, expiresAt }: ResetToken): ExportedResetLink {
    return { created_at: createdAt.toISOString(), expires_at: expiresAt.toISOString() };
  }
}

@ExportedAs('pendingSignups', 'With the address, after it had its account; none that are kept without the address.')
export class ExportedSignup {
  @ApiProperty({ example: 'Ada', description: 'The name that was given.' })
  name: string;

  @ApiProperty(MOMENT)
  created_at: string;

  static of({ name, createdAt }: SignupAttempt): ExportedSignup {
    return { name, created_at: createdAt.toISOString() };
  }
}

const KEPT_ADDRESS_LIMITS = keeps<AddressLimits, []>(
  () => ({
    entity: AddressLimits,
    exported: 'Only hashes.',
    outdated: (now) => ({ touchedAt: LessThan(daysBefore(now, ADDRESS_LIMIT_DAYS)) }),
    // A deleted account must not give its address new tries.
    withAccount: 'stays',
  }),
  [],
);

const KEPT_RESET_TOKENS = keeps<ResetToken, []>(
  () => ({
    entity: ResetToken,
    ofUser: ({ email }) => ({ email }),
    exported: { as: ExportedResetLink, newestBy: ['createdAt'] },
    outdated: (now) => ({ expiresAt: LessThan(now) }),
    withAccount: ({ manager }, { email }) => manager.delete(ResetToken, { email }),
  }),
  [],
);

const KEPT_SIGNUPS = keeps<SignupAttempt, [SignupAttempts, CredentialsSettings]>(
  (attempts, { SESSION_IDLE_DAYS }) => ({
    entity: SignupAttempt,
    ofUser: ({ email }) => ({ email }),
    exported: { as: ExportedSignup, newestBy: ['id'] },
    // As long as the session of the signup lives.
    outdated: (now) => ({ createdAt: LessThan(daysBefore(now, SESSION_IDLE_DAYS)) }),
    withAccount: (transaction, { email }) => attempts.retire(transaction, email),
  }),
  [SignupAttempts, CredentialsSettings],
);

export const KEPT_AUTH = [KEPT_ADDRESS_LIMITS, KEPT_RESET_TOKENS, KEPT_SIGNUPS];
