import { Injectable } from '@nestjs/common';
import { LessThan, LessThanOrEqual, MoreThan } from 'typeorm';
import { AppError } from '../common/app-error.js';
import { Clock } from '../common/clock.js';
import { AccountsSettings } from '../config/accounts.settings.js';
import { Transaction } from '../database/transaction.js';
import { AddressLimitsService, AddressUse } from './address-limits.service.js';
import { VerifyEmailDto } from './auth.dto.js';
import { AUTH_ERRORS } from './auth.errors.js';
import { Codes } from './codes.js';
import { SignupAttempt } from './signup-attempt.entity.js';

const MAX_TRIES_PER_CODE = 5;

/** Counts tries of codes, and finds the signup of a code. */
@Injectable()
export class CodeTries {
  constructor(
    private readonly codes: Codes,
    private readonly limits: AddressLimitsService,
    private readonly clock: Clock,
    private readonly settings: AccountsSettings,
  ) {}

  /** Counts the try in each budget, then compares the code with those of the candidates. */
  async match(
    transaction: Transaction,
    { email, code }: VerifyEmailDto,
    candidates: SignupAttempt[],
    budget: AddressUse,
  ): Promise<SignupAttempt | AppError> {
    const { manager } = transaction;
    const now = this.clock.now();
    const tries = budget.signup ? 'ownCodeTries' : 'codeTries';
    const live = candidates.filter((one) => one[tries] < MAX_TRIES_PER_CODE && one.codeExpiresAt > now);
    // An expired code stays dead, even if the clock is set back.
    const dead = { codeTries: MAX_TRIES_PER_CODE, ownCodeTries: MAX_TRIES_PER_CODE };
    await manager.update(SignupAttempt, { email, codeExpiresAt: LessThanOrEqual(now) }, dead);
    // With hidden accounts a dead code counts as wrong: only an address that has signups has dead codes.
    if (live.length === 0 && !this.settings.hidesAccounts) return new AppError(AUTH_ERRORS.RESEND_INVITE);
    const retryAfterSeconds = this.limits.waitForCode(budget);
    if (retryAfterSeconds > 0) return new AppError(AUTH_ERRORS.TOO_MANY_TRIES, { retryAfterSeconds });
    await this.limits.noteFailedCode(transaction, budget);
    // One statement for any number of signups: the number of statements would reveal whether there are any.
    const which = { codeExpiresAt: MoreThan(now), [tries]: LessThan(MAX_TRIES_PER_CODE) };
    const id = budget.signup && (candidates[0]?.id ?? '');
    await manager.increment(SignupAttempt, { ...which, email, ...(id !== undefined && { id }) }, tries, 1);
    // Always compares all of them, so that the time reveals nothing.
    const matching = live.filter((one) => this.codes.matches(one.id, code, one.codeHash));
    return matching.length > 0 ? matching[0] : new AppError(AUTH_ERRORS.INVALID_CODE);
  }
}
