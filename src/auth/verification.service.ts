import { Injectable } from '@nestjs/common';
import { LessThanOrEqual } from 'typeorm';
import { AUDIT_EVENT } from '../audit/audit-events.js';
import { AuditService } from '../audit/audit.service.js';
import { AppError, ErrorEntry } from '../common/app-error.js';
import { Clock, MINUTE_MS } from '../common/clock.js';
import { Env } from '../config/env.js';
import { SessionsService } from '../credentials/sessions.service.js';
import { Database } from '../database/database.js';
import { Transaction } from '../database/transaction.js';
import { Client } from '../http/client.js';
import { MailService } from '../mail/mail.service.js';
import { Answer, success } from '../openapi/answers.js';
import { KnownNetworks } from '../throttling/known-networks.js';
import { User } from '../users/user.entity.js';
import { UserDataAnswer } from '../users/users.dto.js';
import { UsersService } from '../users/users.service.js';
import { AddressLimitsService } from './address-limits.service.js';
import { ResendCodeDto, VerifyEmailAnswer, VerifyEmailDto } from './auth.dto.js';
import { AUTH_ERRORS } from './auth.errors.js';
import { Codes } from './codes.js';
import { EMAIL_VERIFICATION_STATUS } from './flows.js';
import { SignupAttempt } from './signup-attempt.entity.js';
import { userOf } from './user-of-attempt.js';

const MOST_TRIES_PER_CODE = 5;

/** Proving a mailbox with the code that was sent to it, and asking for another one. */
@Injectable()
export class VerificationService {
  constructor(
    private readonly database: Database,
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly codes: Codes,
    private readonly limits: AddressLimitsService,
    private readonly networks: KnownNetworks,
    private readonly mail: MailService,
    private readonly audit: AuditService,
    private readonly clock: Clock,
    private readonly env: Env,
  ) {}

  async verifyEmail(request: VerifyEmailDto, client: Client): Promise<VerifyEmailAnswer> {
    const outcome = await this.database.write((tx) => this.tryCode(tx, request, client));
    if (outcome instanceof AppError) throw outcome;
    return success('Your e-mail address is verified.', {
      userData: UserDataAnswer.of(outcome),
      verificationStatus: EMAIL_VERIFICATION_STATUS.SUCCESS,
    });
  }

  async resendCode({ email }: ResendCodeDto): Promise<Answer> {
    const failure = await this.database.write((tx) => this.renewCode(tx, email));
    // Hidden, every address gets the same answer.
    if (failure && !this.isHidden) throw failure;
    return success('A new code is on its way.');
  }

  private get isHidden(): boolean {
    return this.env.ACCOUNT_DISCLOSURE === 'hidden';
  }

  /** Returns its error instead of throwing it: the try that it counted must be committed. */
  private async tryCode(transaction: Transaction, request: VerifyEmailDto, client: Client): Promise<User | AppError> {
    const { manager } = transaction;
    const limits = await this.limits.lock(transaction, request.email);
    const attempts = await manager.findBy(SignupAttempt, { email: request.email });
    const account = await this.users.findByEmail(request.email, manager);
    if (account && !this.isHidden) return new AppError(AUTH_ERRORS.ACCOUNT_EXISTS);
    if (attempts.length === 0 && !this.isHidden) return new AppError(AUTH_ERRORS.ACCOUNT_NOT_FOUND);
    const retryAfterSeconds = this.limits.waitForCode(limits);
    if (retryAfterSeconds > 0) return new AppError(AUTH_ERRORS.TOO_MANY_TRIES, { retryAfterSeconds });

    const now = this.clock.now();
    const live = attempts.filter((one) => one.codeTries < MOST_TRIES_PER_CODE && one.codeExpiresAt > now);
    // A code that was found expired is dead for good, even if the clock is put back.
    const expired = { email: request.email, codeExpiresAt: LessThanOrEqual(now) };
    await manager.update(SignupAttempt, expired, { codeTries: MOST_TRIES_PER_CODE });
    // Hidden, a dead code is a wrong one like any other: only an address where somebody signed up has dead codes.
    if (live.length === 0 && !this.isHidden) return new AppError(AUTH_ERRORS.RESEND_INVITE);
    await this.limits.noteFailedCode(transaction, limits);
    for (const { id } of live) await manager.increment(SignupAttempt, { id }, 'codeTries', 1);
    const matching = live.filter((one) => this.codes.matches(one.id, request.code, one.codeHash));
    if (matching.length === 0) return new AppError(AUTH_ERRORS.INVALID_CODE);
    await this.limits.clearFailedCodes(transaction, limits);
    return this.becomeUser(transaction, matching[0], client);
  }

  /** The attempt becomes the user, with its own password, name and session; the others of its address are destroyed. */
  private async becomeUser(transaction: Transaction, attempt: SignupAttempt, client: Client): Promise<User> {
    const user = userOf(attempt, this.clock.now());
    await transaction.manager.insert(User, user);
    await this.sessions.activate(transaction, attempt.id);
    await this.destroyAttempts(transaction, attempt.email);
    await this.networks.remember(transaction, user.email, client.ip);
    await this.audit.record(transaction, AUDIT_EVENT.EMAIL_VERIFIED, { userId: user.id, email: user.email }, client);
    return user;
  }

  /** Removes the attempts of an address with the sessions that are still inert. */
  async destroyAttempts(transaction: Transaction, email: string): Promise<void> {
    for (const { id } of await transaction.manager.findBy(SignupAttempt, { email })) {
      await this.sessions.end(transaction, { attemptId: id });
    }
    await transaction.manager.delete(SignupAttempt, { email });
  }

  /** The newest attempt gets a new code, which kills its old one. */
  private async renewCode(transaction: Transaction, email: string): Promise<AppError | null> {
    const limits = await this.limits.lock(transaction, email);
    const attempts = await transaction.manager.find(SignupAttempt, { where: { email }, order: { id: 'ASC' } });
    const newest = attempts.at(-1);
    const account = await this.users.findByEmail(email, transaction.manager);
    const refusal = this.refusal(account, newest);
    if (refusal && !this.isHidden) return new AppError(refusal);
    const retryAfterSeconds = await this.limits.takeLetter(transaction, limits, 'codeLetters');
    if (retryAfterSeconds > 0) return new AppError(AUTH_ERRORS.TOO_MANY_LETTERS, { retryAfterSeconds });

    await this.sendCode(transaction, email, newest);
    return null;
  }

  /** Sends a new code, which kills the attempt's old one; without an attempt the work is the same, and the letter stays here. */
  async sendCode(transaction: Transaction, email: string, newest: SignupAttempt | undefined): Promise<void> {
    const code = this.codes.generate();
    const codeExpiresAt = this.clock.in(this.env.CODE_LIFETIME_MINUTES * MINUTE_MS);
    const isDecoy = newest?.codeHash == null;
    await transaction.manager.update(
      SignupAttempt,
      { id: newest?.id ?? '' },
      {
        codeHash: isDecoy ? null : this.codes.hash(newest.id, code),
        codeExpiresAt,
        codeTries: 0,
      },
    );
    await this.mail.queue(transaction, {
      kind: 'verification-code',
      recipient: email,
      name: newest?.name ?? '',
      secret: code,
      params: { minutes: this.env.CODE_LIFETIME_MINUTES },
      usefulUntil: codeExpiresAt,
      isVoid: isDecoy,
    });
  }

  private refusal(account: User | null, newest: SignupAttempt | undefined): ErrorEntry | null {
    if (account) return AUTH_ERRORS.ACCOUNT_EXISTS;
    return newest ? null : AUTH_ERRORS.ACCOUNT_NOT_FOUND;
  }
}
