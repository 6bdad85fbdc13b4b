import { Injectable } from '@nestjs/common';
import { AppError, ErrorEntry } from '../common/app-error.js';
import { AccountsSettings } from '../config/accounts.settings.js';
import { AccessTokenClaims, AccessTokens } from '../credentials/access-tokens.js';
import { Database } from '../database/database.js';
import { Transaction } from '../database/transaction.js';
import { maskedIp } from '../config/addresses.js';
import { Client } from '../http/client.js';
import { Answer, success } from '../openapi/answers.js';
import { User } from '../users/user.entity.js';
import { UsersService } from '../users/users.service.js';
import { AddressLimitsService } from './address-limits.service.js';
import { ResendCodeDto } from './auth.dto.js';
import { AUTH_ERRORS } from './auth.errors.js';
import { CodeMessages } from './code-messages.js';
import { SignupAttempt } from './signup-attempt.entity.js';
import { isDecoy, SignupAttempts } from './signup-attempts.service.js';

/** Sends another verification code. */
@Injectable()
export class ResendService {
  constructor(
    private readonly database: Database,
    private readonly users: UsersService,
    private readonly accessTokens: AccessTokens,
    private readonly attempts: SignupAttempts,
    private readonly messages: CodeMessages,
    private readonly limits: AddressLimitsService,
    private readonly settings: AccountsSettings,
  ) {}

  async resendCode({ email }: ResendCodeDto, token: string | undefined, client: Client): Promise<Answer> {
    const claims = token === undefined ? null : await this.accessTokens.issuedFor(token);
    const failure = await this.database.write((tx) => this.renewCode(tx, email, claims, client));
    // With hidden accounts every address gets the same response.
    if (failure && !this.settings.hidesAccounts) throw failure;
    return success('A new code is on its way.');
  }

  /** Replaces the code of one signup: that of the token, else the newest of this network, else the newest. */
  private async renewCode(
    transaction: Transaction,
    email: string,
    claims: AccessTokenClaims | null,
    client: Client,
  ): Promise<AppError | null> {
    const use = await this.limits.lockFor(transaction, email, client.ip);
    const attempts = await this.attempts.of(transaction, email);
    const own = await this.attempts.ownOf(transaction, attempts, claims);
    const pending = attempts.filter((one) => !isDecoy(one));
    const near = pending.findLast(({ network }) => network === maskedIp(client.ip));
    const attempt = own ?? near ?? pending.at(-1);
    const account = await this.users.findByEmail(email, transaction.manager);
    const refusal = this.refusal(account, attempt);
    if (refusal && !this.settings.hidesAccounts) return new AppError(refusal);
    const retryAfterSeconds = await this.limits.takeCodeLetter(transaction, use);
    if (retryAfterSeconds > 0) return new AppError(AUTH_ERRORS.TOO_MANY_LETTERS, { retryAfterSeconds });
    await this.messages.renew(transaction, email, attempt);
    return null;
  }

  private refusal(account: User | null, attempt: SignupAttempt | undefined): ErrorEntry | null {
    if (account) return AUTH_ERRORS.ACCOUNT_EXISTS;
    return attempt ? null : AUTH_ERRORS.ACCOUNT_NOT_FOUND;
  }
}
