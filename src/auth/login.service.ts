import { timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { AUDIT_EVENT } from '../audit/audit-events.js';
import { AuditService } from '../audit/audit.service.js';
import { AppError } from '../common/app-error.js';
import { Clock, DAY_MS } from '../common/clock.js';
import { Secrets } from '../secrets/secrets.js';
import { AccountsSettings } from '../config/accounts.settings.js';
import { AccessTokens } from '../credentials/access-tokens.js';
import { Caller } from '../credentials/caller.js';
import { CREDENTIALS_ERRORS } from '../credentials/credentials.errors.js';
import { Rotation, SessionsService } from '../credentials/sessions.service.js';
import { Database } from '../database/database.js';
import { Transaction } from '../database/transaction.js';
import { Client } from '../http/client.js';
import { MailService } from '../mail/mail.service.js';
import { Answer, success } from '../openapi/answers.js';
import { DeviceTokens } from '../throttling/device-tokens.js';
import { KnownNetworks } from '../throttling/known-networks.js';
import { User } from '../users/user.entity.js';
import { UserAnswer } from '../users/users.dto.js';
import { UsersService } from '../users/users.service.js';
import { LoginAnswer, LoginDto, RefreshTokenAnswer, RefreshTokenDto } from './auth.dto.js';
import { AUTH_ERRORS } from './auth.errors.js';
import { LOGIN_STATUS } from './flows.js';
import { PasswordHasher } from './password-hasher.js';
import { pendingSalt } from './pending-salt.js';
import { SignupAttempt } from './signup-attempt.entity.js';

const NOTICE_USEFUL_MS = 3 * DAY_MS;

/** Logging in, staying logged in, and logging out. */
@Injectable()
export class LoginService {
  constructor(
    @InjectRepository(SignupAttempt) private readonly attempts: Repository<SignupAttempt>,
    private readonly database: Database,
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly accessTokens: AccessTokens,
    private readonly hasher: PasswordHasher,
    private readonly networks: KnownNetworks,
    private readonly devices: DeviceTokens,
    private readonly mail: MailService,
    private readonly audit: AuditService,
    private readonly secrets: Secrets,
    private readonly clock: Clock,
    private readonly settings: AccountsSettings,
  ) {}

  async logIn({ email, password, deviceToken }: LoginDto, client: Client): Promise<LoginAnswer> {
    const known = await this.users.findByEmail(email);
    // Attempts, then the user again: a signup that is verified meanwhile is found as the one or as the other.
    // Hidden, all three are asked for every address: the number of queries would tell who has an account.
    const isSure = known !== null && !this.settings.hidesAccounts;
    const attempts = isSure ? [] : await this.attempts.findBy({ email });
    const user = isSure ? known : await this.users.findByEmail(email);
    if (!user) return this.refuseStranger(attempts, email, password, client);
    const session =
      (await this.tryToOpen(user, password, deviceToken, client)) ??
      // Another login may have renewed the hash while this one was judged by the old one.
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

  async refreshToken(body: RefreshTokenDto, client: Client): Promise<RefreshTokenAnswer> {
    const refreshToken = body.refreshToken ?? body.resfreshToken;
    if (refreshToken === undefined) {
      const faults = [{ field: 'refreshToken', message: 'refreshToken is missing' }];
      throw new AppError(AUTH_ERRORS.CREDENTIALS_MISSING, { faults });
    }
    const rotation = (await this.sessions.rotateAtOnce(refreshToken)) ?? (await this.rotate(refreshToken, client));
    if (rotation.outcome === 'ended' && (await this.wasDeleted(rotation.claims.userId))) {
      throw new AppError(AUTH_ERRORS.USER_NOT_FOUND);
    }
    if (rotation.outcome !== 'rotated') throw new AppError(CREDENTIALS_ERRORS.REFRESH_TOKEN_INVALID);
    const { token, expirationTime } = await this.accessTokens.issue(rotation.claims);
    return { token, refreshToken: rotation.refreshToken, resfreshToken: rotation.refreshToken, expirationTime };
  }

  async logOut(caller: Caller, client: Client): Promise<Answer> {
    await this.endSessions(caller, { id: caller.sessionId ?? '' }, client);
    return success('You are logged out.');
  }

  async logOutEverywhere(caller: Caller, client: Client): Promise<Answer> {
    const user = await this.users.findById(caller.userId);
    await this.endSessions(caller, {}, client, user?.email);
    return success('You are logged out on all devices.');
  }

  private rotate(refreshToken: string, client: Client): Promise<Rotation> {
    return this.database.write(async (tx) => {
      const rotation = await this.sessions.rotate(tx, refreshToken);
      if (rotation.outcome === 'reused') await this.reportTheft(tx, rotation.claims.userId, client);
      return rotation;
    });
  }

  /** There was such a user: the log of security events knows them. A signup that was never proved had only the prospect of one. */
  private async wasDeleted(userId: string): Promise<boolean> {
    return !(await this.users.findById(userId)) && (await this.audit.knows(userId));
  }

  /** With `email`, ends the device tokens of the address too. */
  private endSessions(caller: Caller, which: { id?: string }, client: Client, email?: string): Promise<void> {
    return this.database.write(async (tx) => {
      await this.sessions.end(tx, { userId: caller.userId, ...which });
      if (email !== undefined) await this.devices.endAll(tx, email);
      await this.audit.record(tx, AUDIT_EVENT.LOGGED_OUT, { userId: caller.userId, email: null }, client);
    });
  }

  /** Null when the stored hash is no longer the one that the password was judged by: changed, renewed, or gone with its user. */
  private async tryToOpen(user: User | null, password: string, deviceToken: string | undefined, client: Client) {
    if (!user) return null;
    if (!(await this.hasher.verify(user.passwordHash, password))) return this.refuse(user, client);
    const renewedHash = this.hasher.isOutdated(user.passwordHash) ? await this.hasher.hash(password) : null;
    return this.database.write(async (tx) => {
      const session = await this.openSession(tx, user, renewedHash, client);
      // Issued while the user is locked: a reset that comes after this login ends the token with the session.
      return session && { ...session, deviceToken: await this.devices.issue(tx, user.email, deviceToken) };
    });
  }

  private async openSession(transaction: Transaction, user: User, renewedHash: string | null, client: Client) {
    const still = await transaction.lock(User, { id: user.id, passwordHash: user.passwordHash });
    if (!still) return null;
    if (still.lockedAt !== null) throw new AppError(AUTH_ERRORS.ACCOUNT_LOCKED);
    if (renewedHash) await transaction.rows.update(User, { id: user.id }, { passwordHash: renewedHash });
    const crowdedOut = await this.sessions.makeRoom(transaction, user.id);
    if (crowdedOut > 0) {
      await this.audit.record(transaction, AUDIT_EVENT.SESSION_CROWDED_OUT, { userId: user.id, email: null }, client);
    }
    const session = await this.sessions.open(transaction, { userId: user.id, attemptId: null }, client);
    await this.networks.remember(transaction, user.email, client.ip);
    await this.audit.record(transaction, AUDIT_EVENT.LOGGED_IN, { userId: user.id, email: user.email }, client);
    return session;
  }

  private async refuse(user: User, client: Client): Promise<never> {
    await this.recordFailure(user.id, user.email, client);
    throw new AppError(AUTH_ERRORS.INVALID_PASSWORD);
  }

  /** Nobody had verified this address. One hash, as for everybody; whether a signup of it waits is told only to whom knows its password. */
  private async refuseStranger(
    attempts: SignupAttempt[],
    email: string,
    password: string,
    client: Client,
  ): Promise<never> {
    const hash = Buffer.from(await this.hasher.hash(password, pendingSalt(this.secrets, email)));
    const fits = attempts.some(
      ({ passwordHash }) => hash.length === passwordHash.length && timingSafeEqual(hash, Buffer.from(passwordHash)),
    );
    await this.recordFailure(null, email, client);
    if (this.settings.hidesAccounts) throw new AppError(AUTH_ERRORS.INVALID_PASSWORD);
    if (attempts.length === 0) throw new AppError(AUTH_ERRORS.USER_NOT_FOUND);
    throw new AppError(fits ? AUTH_ERRORS.ACCOUNT_NOT_VERIFIED : AUTH_ERRORS.INVALID_PASSWORD);
  }

  private recordFailure(userId: string | null, email: string, client: Client): Promise<void> {
    return this.database.writeAtOnce((rows) =>
      this.audit.record({ rows }, AUDIT_EVENT.LOGIN_FAILED, { userId, email }, client),
    );
  }

  private async reportTheft(transaction: Transaction, userId: string, client: Client): Promise<void> {
    const user = await transaction.manager.findOneBy(User, { id: userId });
    if (!user) return;
    await this.audit.record(transaction, AUDIT_EVENT.SESSION_STOLEN, { userId, email: user.email }, client);
    await this.mail.queue(transaction, {
      kind: 'session-stolen',
      recipient: user.email,
      name: user.name,
      usefulUntil: this.clock.in(NOTICE_USEFUL_MS),
    });
  }
}
