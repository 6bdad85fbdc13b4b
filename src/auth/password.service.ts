import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { FindOptionsWhere, IsNull, Not, Repository } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { AUDIT_EVENT } from '../audit/audit-events.js';
import { AuditService } from '../audit/audit.service.js';
import { AppError } from '../common/app-error.js';
import { Clock, DAY_MS } from '../common/clock.js';
import { sha256 } from '../common/sha256.js';
import { FlowsSettings } from './flows.settings.js';
import { ApiKeysService } from '../credentials/api-keys.service.js';
import { Caller } from '../credentials/caller.js';
import { CREDENTIALS_ERRORS } from '../credentials/credentials.errors.js';
import { Session } from '../credentials/session.entity.js';
import { SessionsService } from '../credentials/sessions.service.js';
import { Database } from '../database/database.js';
import { Transaction } from '../database/transaction.js';
import { Client } from '../http/client.js';
import { MailService } from '../mail/mail.service.js';
import { Answer, success } from '../openapi/answers.js';
import { DeviceTokens } from '../throttling/device-tokens.js';
import { KnownNetworks } from '../throttling/known-networks.js';
import { User } from '../users/user.entity.js';
import { UsersService } from '../users/users.service.js';
import { AddressLimitsService } from './address-limits.service.js';
import { ChangePasswordDto, ForgotPasswordDto, ResetPasswordDto } from './auth.dto.js';
import { AUTH_ERRORS } from './auth.errors.js';
import { OwnPassword } from './own-password.js';
import { PasswordHasher } from './password-hasher.js';
import { PasswordPolicy } from './password-policy.js';
import { ResetLinks } from './reset-links.js';
import { ResetToken } from './reset-token.entity.js';
import { SignupAttempt } from './signup-attempt.entity.js';
import { SignupAttempts } from './signup-attempts.service.js';

const NOTICE_USEFUL_MS = 3 * DAY_MS;

/** Changing the password, and recovering the account without it (OWASP Forgot Password Cheat Sheet). */
@Injectable()
export class PasswordService {
  constructor(
    @InjectRepository(ResetToken) private readonly resetTokens: Repository<ResetToken>,
    private readonly database: Database,
    private readonly users: UsersService,
    private readonly attempts: SignupAttempts,
    private readonly sessions: SessionsService,
    private readonly apiKeys: ApiKeysService,
    private readonly ownPassword: OwnPassword,
    private readonly hasher: PasswordHasher,
    private readonly policy: PasswordPolicy,
    private readonly limits: AddressLimitsService,
    private readonly networks: KnownNetworks,
    private readonly devices: DeviceTokens,
    private readonly resetLinks: ResetLinks,
    private readonly mail: MailService,
    private readonly audit: AuditService,
    private readonly clock: Clock,
    private readonly settings: FlowsSettings,
  ) {}

  async changePassword(
    { oldPassword, newPassword }: ChangePasswordDto,
    caller: Caller,
    client: Client,
  ): Promise<Answer> {
    const user = await this.users.findById(caller.userId);
    if (!user) throw new AppError(CREDENTIALS_ERRORS.TOKEN_INVALID);
    this.judge(newPassword, user);
    await this.ownPassword.check(user, oldPassword, client);
    const passwordHash = await this.hasher.hash(newPassword);
    const others: FindOptionsWhere<Session> = caller.sessionId ? { id: Not(caller.sessionId) } : {};
    const isChanged = await this.database.write(async (tx) => {
      const where = { id: user.id, passwordHash: user.passwordHash };
      const { affected } = await tx.manager.update(User, where, { passwordHash, updatedAt: this.clock.now() });
      if (affected !== 1) return false;
      await this.afterChange(tx, user, others, { others: caller.sessionId ? 1 : 0, keyStays: 1 });
      await this.audit.record(tx, AUDIT_EVENT.PASSWORD_CHANGED, { userId: user.id, email: user.email }, client);
      return true;
    });
    // Another change came between: the old password of this request is not the present one any more.
    if (!isChanged) throw new AppError(AUTH_ERRORS.INVALID_PASSWORD);
    return success('Your password is changed. Other sessions are ended; an API key keeps working.');
  }

  /** The answer, and the work behind it, are the same for every address. */
  async forgotPassword({ email }: ForgotPasswordDto, client: Client): Promise<Answer> {
    await this.database.write((tx) => this.sendToken(tx, email, client));
    return success('If this address has an account, a letter with a reset link is on its way.');
  }

  async resetPassword({ token, newPassword, email }: ResetPasswordDto, client: Client): Promise<Answer> {
    const row = await this.resetTokens.findOneBy({ tokenHash: sha256(token) });
    const isExpired = row !== null && row.expiresAt <= this.clock.now();
    if (isExpired) await this.destroyToken(row);
    const person = row && (await this.personOf(row.email));
    if (!row || !person || isExpired || (email !== undefined && email !== row.email)) {
      throw new AppError(AUTH_ERRORS.RESET_TOKEN_INVALID);
    }
    this.judge(newPassword, person);
    const passwordHash = await this.hasher.hash(newPassword);
    const isReset = await this.database.write((tx) => this.useToken(tx, row, passwordHash, client));
    if (!isReset) throw new AppError(AUTH_ERRORS.RESET_TOKEN_INVALID);
    return success(
      this.endsApiKey
        ? 'Your new password is set. All sessions are ended, and so is the API key. Log in with your new password.'
        : 'Your new password is set. All sessions are ended; an API key keeps working. Log in with your new password.',
    );
  }

  private get endsApiKey(): boolean {
    return this.settings.RESET_ENDS_API_KEY === 'on';
  }

  /** A token that was found expired is gone for good, even if the clock is put back. */
  private async destroyToken({ email, tokenHash }: ResetToken): Promise<void> {
    await this.database.write(({ manager }) => manager.delete(ResetToken, { email, tokenHash }));
  }

  private judge(newPassword: string, person: { email: string; name: string }): void {
    const fault = this.policy.fault(newPassword, person);
    if (fault) throw new AppError(fault, { faults: [{ field: 'newPassword', message: fault.message }] });
  }

  /** The user of an address, or the newest signup that waits for its code. */
  private async personOf(email: string): Promise<{ email: string; name: string } | null> {
    // In this order: a signup that is verified between the two reads is met by the second, and never by neither.
    const attempt = await this.newestAttempt(this.resetTokens.manager, email);
    return (await this.users.findByEmail(email)) ?? attempt;
  }

  private newestAttempt(manager: Transaction['manager'], email: string): Promise<SignupAttempt | null> {
    return manager.findOne(SignupAttempt, { where: { email, codeHash: Not(IsNull()) }, order: { id: 'DESC' } });
  }

  private async sendToken(transaction: Transaction, email: string, client: Client): Promise<void> {
    const limits = await this.limits.lock(transaction, email);
    if ((await this.limits.takeResetLetter(transaction, limits)) > 0) return;
    const user = await this.users.findByEmail(email, transaction.manager);
    const attempt = await this.newestAttempt(transaction.manager, email);
    const person = user ?? attempt;
    // Unknown addresses get a row and a letter too, both dead from the start: the work tells nothing.
    await this.resetLinks.send(transaction, {
      kind: 'password-reset',
      email,
      name: person?.name ?? '',
      isVoid: !person,
    });
    const who = { userId: user?.id ?? null, email };
    await this.audit.record(transaction, AUDIT_EVENT.PASSWORD_RESET_ASKED, who, client);
  }

  /** Consumes the token by one conditional delete; of parallel resets one wins. */
  private async useToken(transaction: Transaction, row: ResetToken, passwordHash: string, client: Client) {
    const { manager } = transaction;
    await this.limits.lock(transaction, row.email);
    const { affected } = await manager.delete(ResetToken, { email: row.email, tokenHash: row.tokenHash });
    if (affected !== 1) return false;
    const user = await this.setPassword(transaction, row.email, passwordHash);
    if (!user) return false;
    await this.attempts.retire(transaction, user.email);
    const keyEnded = this.endsApiKey && (await this.apiKeys.remove(transaction, user.id));
    await this.afterChange(transaction, user, {}, { keyEnded: keyEnded ? 1 : 0, keyStays: this.endsApiKey ? 0 : 1 });
    const who = { userId: user.id, email: user.email };
    if (keyEnded) await this.audit.record(transaction, AUDIT_EVENT.API_KEY_DELETED, who, client);
    await this.networks.remember(transaction, user.email, client.ip);
    await this.audit.record(transaction, AUDIT_EVENT.PASSWORD_RESET, who, client);
    return true;
  }

  /** The link proved the mailbox: an address that was not verified becomes so, under the name of its newest signup. */
  private async setPassword(transaction: Transaction, email: string, passwordHash: string): Promise<User | null> {
    const { manager } = transaction;
    const now = this.clock.now();
    const user = await transaction.lock(User, { email });
    if (user) {
      await manager.update(User, user.id, { passwordHash, updatedAt: now });
      return user;
    }
    const attempt = await this.newestAttempt(manager, email);
    if (!attempt) return null;
    const { name, createdAt } = attempt;
    const made = {
      // An id of its own: no token that was given to a signup names this user.
      ...{ id: uuid(), email, name, passwordHash, companyName: null, activeProject: null, lockedAt: null },
      ...{ createdAt, updatedAt: now },
    };
    await manager.insert(User, made);
    return made;
  }

  /** Ends sessions, device tokens and reset links. `effects` tell the letter what still works. */
  private async afterChange(
    transaction: Transaction,
    user: User,
    which: FindOptionsWhere<Session>,
    effects: Record<string, number>,
  ): Promise<void> {
    await this.sessions.end(transaction, { ...which, userId: user.id });
    await this.devices.endAll(transaction, user.email);
    await transaction.manager.delete(ResetToken, { email: user.email });
    await this.mail.queue(transaction, {
      kind: 'password-changed',
      recipient: user.email,
      name: user.name,
      params: { ...effects, resetEndsKey: this.endsApiKey ? 1 : 0 },
      usefulUntil: this.clock.in(NOTICE_USEFUL_MS),
    });
  }
}
