import { Injectable } from '@nestjs/common';
import { AppError } from '../common/app-error.js';
import { AccountsSettings } from '../config/accounts.settings.js';
import { AccessTokens } from '../credentials/access-tokens.js';
import { SessionsService } from '../credentials/sessions.service.js';
import { Database } from '../database/database.js';
import { Transaction } from '../database/transaction.js';
import { Client } from '../http/client.js';
import { success } from '../openapi/answers.js';
import { User } from '../users/user.entity.js';
import { UserAnswer } from '../users/users.dto.js';
import { UsersService } from '../users/users.service.js';
import { AccountEvents } from './account-events.js';
import { LoginAnswer, LoginDto } from './auth.dto.js';
import { AUTH_ERRORS } from './auth.errors.js';
import { LOGIN_STATUS } from './flows.js';
import { PasswordHasher } from './password-hasher.js';
import { PendingPasswords } from './pending-passwords.js';
import { SignupAttempt } from './signup-attempt.entity.js';

/** Logs users in. */
@Injectable()
export class LoginService {
  constructor(
    private readonly database: Database,
    private readonly users: UsersService,
    private readonly passwords: PendingPasswords,
    private readonly hasher: PasswordHasher,
    private readonly sessions: SessionsService,
    private readonly accessTokens: AccessTokens,
    private readonly events: AccountEvents,
    private readonly settings: AccountsSettings,
  ) {}

  async logIn({ email, password, deviceToken }: LoginDto, client: Client): Promise<LoginAnswer> {
    const known = await this.users.findByEmail(email);
    // Attempts first, then the user again: a signup that is verified meanwhile is found as one of them.
    // With hidden accounts all three queries run for every address: their number would reveal who has an account.
    const isSure = known !== null && !this.settings.hidesAccounts;
    const attempts = isSure ? [] : await this.database.reader.manager.findBy(SignupAttempt, { email });
    const user = isSure ? known : await this.users.findByEmail(email);
    if (!user) return this.refuseStranger(attempts, email, password, client);
    const session =
      (await this.tryToOpen(user, password, deviceToken, client)) ??
      // Another login may have rehashed the password meanwhile.
      (await this.tryToOpen(await this.users.findById(user.id), password, deviceToken, client));
    if (!session) return this.refuse(user, client);
    const tokens = await this.accessTokens.issue({ userId: user.id, sessionId: session.sessionId });
    return success('You are logged in.', {
      token: tokens.token,
      refreshToken: session.refreshToken,
      expirationTime: tokens.expirationTime,
      user: UserAnswer.of(user),
      deviceToken: session.deviceToken,
      loginStatus: LOGIN_STATUS.SUCCESS,
    });
  }

  /** Returns null when the stored hash has changed since the password was checked, or the user is gone. */
  private async tryToOpen(user: User | null, password: string, deviceToken: string | undefined, client: Client) {
    if (!user) return null;
    if (!(await this.hasher.verify(user.passwordHash, password))) return this.refuse(user, client);
    const renewedHash = this.hasher.isOutdated(user.passwordHash) ? await this.hasher.hash(password) : null;
    return this.database.write(async (tx) => {
      const session = await this.openSession(tx, user, renewedHash, client);
      return session && { ...session, deviceToken: await this.events.loggedIn(tx, user, deviceToken, client) };
    });
  }

  private async openSession(transaction: Transaction, user: User, renewedHash: string | null, client: Client) {
    const still = await transaction.lock(User, { id: user.id, passwordHash: user.passwordHash });
    if (!still) return null;
    if (still.lockedAt !== null) throw new AppError(AUTH_ERRORS.ACCOUNT_LOCKED);
    if (renewedHash) await transaction.rows.update(User, { id: user.id }, { passwordHash: renewedHash });
    const crowdedOut = await this.sessions.makeRoom(transaction, user.id);
    if (crowdedOut > 0) await this.events.sessionsCrowdedOut(transaction, user, client);
    return this.sessions.open(transaction, { userId: user.id, attemptId: null }, client);
  }

  private async refuse(user: User, client: Client): Promise<never> {
    await this.recordFailure(user.id, user.email, client);
    throw new AppError(AUTH_ERRORS.INVALID_PASSWORD);
  }

  /** For an address without an account. Costs one hash, as any login; reveals a pending signup only to someone who knows its password. */
  private async refuseStranger(
    attempts: SignupAttempt[],
    email: string,
    password: string,
    client: Client,
  ): Promise<never> {
    const fits = await this.passwords.fitsAny(attempts, email, password);
    await this.recordFailure(null, email, client);
    if (this.settings.hidesAccounts) throw new AppError(AUTH_ERRORS.INVALID_PASSWORD);
    if (attempts.length === 0) throw new AppError(AUTH_ERRORS.USER_NOT_FOUND);
    throw new AppError(fits ? AUTH_ERRORS.ACCOUNT_NOT_VERIFIED : AUTH_ERRORS.INVALID_PASSWORD);
  }

  private recordFailure(userId: string | null, email: string, client: Client): Promise<void> {
    return this.database.writeAtOnce((rows) => this.events.loginFailed({ rows }, { userId, email }, client));
  }
}
