import { Injectable } from '@nestjs/common';
import { AppError } from '../common/app-error.js';
import { AccountsSettings } from '../config/accounts.settings.js';
import { AccessTokenClaims, AccessTokens } from '../credentials/access-tokens.js';
import { Database } from '../database/database.js';
import { Transaction } from '../database/transaction.js';
import { Client } from '../http/client.js';
import { success } from '../openapi/answers.js';
import { User } from '../users/user.entity.js';
import { UserDataAnswer } from '../users/users.dto.js';
import { UsersService } from '../users/users.service.js';
import { AccountOpening } from './account-opening.js';
import { AddressLimitsService, AddressUse } from './address-limits.service.js';
import { VerifyEmailAnswer, VerifyEmailDto } from './auth.dto.js';
import { AUTH_ERRORS } from './auth.errors.js';
import { CodeTries } from './code-tries.js';
import { EMAIL_VERIFICATION_STATUS } from './flows.js';
import { areContested, isDecoy, SignupAttempts } from './signup-attempts.service.js';

/** An entered code. `claims`: undefined without a token, null for a token that is not ours; an expired one of ours has claims. */
interface EnteredCode extends VerifyEmailDto {
  claims: AccessTokenClaims | null | undefined;
}

/** The account that a code opened. */
interface Opened {
  user: User;
  isWithoutPassword: boolean;
}

/** Verifies an e-mail address with the code that was sent to it. */
@Injectable()
export class VerificationService {
  constructor(
    private readonly database: Database,
    private readonly users: UsersService,
    private readonly accessTokens: AccessTokens,
    private readonly attempts: SignupAttempts,
    private readonly opening: AccountOpening,
    private readonly limits: AddressLimitsService,
    private readonly tries: CodeTries,
    private readonly settings: AccountsSettings,
  ) {}

  async verifyEmail(
    { email, code }: VerifyEmailDto,
    token: string | undefined,
    client: Client,
  ): Promise<VerifyEmailAnswer> {
    const claims = token === undefined ? undefined : await this.accessTokens.issuedFor(token);
    const outcome = await this.database.write((tx) => this.tryCode(tx, { email, code, claims }, client));
    if (outcome instanceof AppError) throw outcome;
    const answer = {
      userData: UserDataAnswer.of(outcome.user),
      verificationStatus: EMAIL_VERIFICATION_STATUS.SUCCESS,
    };
    if (!outcome.isWithoutPassword) return success('Your e-mail address is verified.', answer);
    return success(
      'Your e-mail address is verified. Several people signed up with it, so no password was taken over: choose yours with the link that was just mailed to you.',
      { ...answer, passwordRequired: true },
    );
  }

  private get isHidden(): boolean {
    return this.settings.hidesAccounts;
  }

  /** Returns its error instead of throwing it, so that the counted try is committed. */
  private async tryCode(transaction: Transaction, entered: EnteredCode, client: Client): Promise<Opened | AppError> {
    const { email, claims } = entered;
    const use = await this.limits.lockFor(transaction, email, client.ip, claims?.sessionId);
    const attempts = await this.attempts.of(transaction, email);
    const pending = attempts.filter((attempt) => !isDecoy(attempt));
    const account = await this.users.findByEmail(email, transaction.manager);
    if (account && !this.isHidden) return new AppError(AUTH_ERRORS.ACCOUNT_EXISTS);
    if (pending.length === 0 && !this.isHidden) return new AppError(AUTH_ERRORS.ACCOUNT_NOT_FOUND);
    const own = await this.attempts.ownOf(transaction, attempts, claims ?? null);
    // A token of another signup opens no further budget. With hidden accounts it keeps its own budget but matches no code, so that nobody
    // learns whether its signup still exists.
    const isOwn = own !== null || (this.isHidden && Boolean(claims));
    const budget: AddressUse = isOwn ? use : { address: use.address, network: use.network };

    const candidates = isOwn ? pending.filter((attempt) => attempt === own) : pending;
    const matching = await this.tries.match(transaction, entered, candidates, budget);
    if (matching instanceof AppError) return matching;
    // With hidden accounts earlier failures still count: a stranger who used up the tries must not notice that the owner succeeded.
    if (this.isHidden) await this.limits.takeBackFailedCode(transaction, budget);
    else await this.limits.clearFailedCodes(transaction, budget);
    // A token of none of these signups belongs to one that is gone. The code may then belong to somebody else's signup.
    if (!own && (claims !== undefined || areContested(pending))) {
      const user = await this.opening.openWithoutPassword(transaction, matching, client);
      return { user, isWithoutPassword: true };
    }
    return { user: await this.opening.adopt(transaction, matching, client), isWithoutPassword: false };
  }
}
