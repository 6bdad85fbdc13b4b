import { Injectable } from '@nestjs/common';
import { AppError } from '../common/app-error.js';
import { AccountsSettings } from '../config/accounts.settings.js';
import { SessionsService } from '../credentials/sessions.service.js';
import { Transaction } from '../database/transaction.js';
import { Client } from '../http/client.js';
import { MailService } from '../mail/mail.service.js';
import { THROTTLING_ERRORS } from '../throttling/throttling.errors.js';
import { UsersService } from '../users/users.service.js';
import { AccountEvents } from './account-events.js';
import { AddressLimitsService } from './address-limits.service.js';
import { SignupDto } from './auth.dto.js';
import { AUTH_ERRORS } from './auth.errors.js';
import { SIGNUP_STATUS } from './flows.js';
import { SignupAttempt } from './signup-attempt.entity.js';
import { isDecoy, SignupAttempts } from './signup-attempts.service.js';
import { SignupDrafts } from './signup-drafts.js';

/** Retry-After when an address has signups from too many networks: by then their codes have expired. */
const CROWDED_WAIT_SECONDS = 15 * 60;

/** A signup that was written. */
interface NewSignup {
  user: SignupAttempt;
  sessionId: string;
  refreshToken: string;
  status: number;
}

/** The throttling error, with a message that names the way out. */
const TOO_MANY_SIGNUPS = {
  ...THROTTLING_ERRORS.TOO_MANY_REQUESTS,
  message:
    'Too many signups with this address. Try again after the time in Retry-After, or ask for a reset link (forgot-password): it verifies the address and lets you choose your password.',
};

/** Writes signups. Until its code is entered, a signup is only an attempt and changes nothing that exists. */
@Injectable()
export class NewSignups {
  constructor(
    private readonly drafts: SignupDrafts,
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly attempts: SignupAttempts,
    private readonly limits: AddressLimitsService,
    private readonly mail: MailService,
    private readonly events: AccountEvents,
    private readonly settings: AccountsSettings,
  ) {}

  /**
   * Returns the error for a signup that is throttled. The refused person may have another password than the kept signups, so those are
   * contested from now on.
   */
  async refuse(
    transaction: Pick<Transaction, 'rows'>,
    email: string,
    { retryAfterSeconds, limit }: AppError,
  ): Promise<AppError> {
    await this.attempts.contest(transaction, email);
    return new AppError(TOO_MANY_SIGNUPS, { retryAfterSeconds, limit });
  }

  /**
   * Writes the attempt, its session and its message; with `isSilent` the message is never sent. Returns its error instead of throwing it,
   * so that what it counted is committed: too many signups, or (unless accounts are hidden) an address that has an account.
   */
  async add(
    transaction: Transaction,
    request: SignupDto,
    passwordHash: string,
    client: Client,
    { isSilent }: { isSilent: boolean },
  ): Promise<NewSignup | AppError> {
    const { email } = request;
    const use = await this.limits.lockFor(transaction, email, client.ip);
    const account = await this.users.findByEmail(email, transaction.manager);
    if (account && !this.isHidden) return new AppError(AUTH_ERRORS.ACCOUNT_ALREADY_EXISTS);
    const earlier = await this.attempts.of(transaction, email);
    const { attempt, code } = this.drafts.draft(request, passwordHash, client, account !== null);
    const excess = this.attempts.toPushOut(earlier, attempt);
    // Also counted for a decoy, so that a request for another code cannot tell decoys from signups.
    const { dayWait, wait } = await this.limits.noteCodeLetter(transaction, use);
    const isRefused = dayWait > 0 || excess === attempt;
    const change = { newcomer: attempt, isRefused, earlier, excess: dayWait > 0 && !this.isHidden ? null : excess };
    if (isRefused && !this.isHidden) {
      await this.attempts.removeExcess(transaction, email, change);
      return new AppError(TOO_MANY_SIGNUPS, { retryAfterSeconds: dayWait || CROWDED_WAIT_SECONDS });
    }
    await transaction.manager.insert(SignupAttempt, attempt);
    const session = await this.sessions.open(transaction, { userId: attempt.userId, attemptId: attempt.id }, client);
    if (excess || this.isHidden) await this.attempts.removeExcess(transaction, email, change);
    const isFailing = await this.mail.isFailing(transaction.manager);
    const isVoid = isSilent || isRefused;
    const signup = { email, attempt, account, code, isVoid, isNoticeVoid: isVoid || wait > 0 };
    await this.events.signedUp(transaction, signup, client);
    const repeated = earlier.some((one) => !isDecoy(one)) ? SIGNUP_STATUS.EMAIL_NOT_VERIFIED : SIGNUP_STATUS.SUCCESS;
    return { user: attempt, ...session, status: isFailing ? SIGNUP_STATUS.EMAIL_NOT_SENT : repeated };
  }

  private get isHidden(): boolean {
    return this.settings.hidesAccounts;
  }
}
