import { Injectable } from '@nestjs/common';
import { IsNull, Not } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { AppError } from '../common/app-error.js';
import { Clock } from '../common/clock.js';
import { FlowsSettings } from './flows.settings.js';
import { Database } from '../database/database.js';
import { Transaction } from '../database/transaction.js';
import { Client } from '../http/client.js';
import { Answer, success } from '../openapi/answers.js';
import { User } from '../users/user.entity.js';
import { UsersService } from '../users/users.service.js';
import { AccountEvents } from './account-events.js';
import { AddressLimitsService } from './address-limits.service.js';
import { ForgotPasswordDto, ResetPasswordDto } from './auth.dto.js';
import { AUTH_ERRORS } from './auth.errors.js';
import { NewPassword } from './new-password.js';
import { ResetLinks } from './reset-links.js';
import { ResetToken } from './reset-token.entity.js';
import { SignupAttempt } from './signup-attempt.entity.js';

/** Resets forgotten passwords (OWASP Forgot Password Cheat Sheet). */
@Injectable()
export class PasswordResetService {
  constructor(
    private readonly database: Database,
    private readonly users: UsersService,
    private readonly newPassword: NewPassword,
    private readonly limits: AddressLimitsService,
    private readonly resetLinks: ResetLinks,
    private readonly events: AccountEvents,
    private readonly clock: Clock,
    private readonly settings: FlowsSettings,
  ) {}

  /** Responds the same, and does the same work, for every address. */
  async forgotPassword({ email }: ForgotPasswordDto, client: Client): Promise<Answer> {
    await this.database.write((tx) => this.sendToken(tx, email, client));
    return success('If this address has an account, a letter with a reset link is on its way.');
  }

  async resetPassword({ token, newPassword, email }: ResetPasswordDto, client: Client): Promise<Answer> {
    const row = await this.resetLinks.find(token);
    const isExpired = row !== null && row.expiresAt <= this.clock.now();
    // An expired token stays dead, even if the clock is set back.
    if (isExpired) await this.database.write((tx) => this.resetLinks.consume(tx, row));
    const person = row && (await this.personOf(row.email));
    if (!row || !person || isExpired || (email !== undefined && email !== row.email)) {
      throw new AppError(AUTH_ERRORS.RESET_TOKEN_INVALID);
    }
    this.newPassword.check(newPassword, person);
    const passwordHash = await this.newPassword.hash(newPassword);
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

  /** The user of an address, else its newest signup. */
  private async personOf(email: string): Promise<{ email: string; name: string } | null> {
    // In this order, a signup that is verified between the two reads is found by one of them.
    const attempt = await this.newestAttempt(this.database.reader.manager, email);
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
    // An unknown address also gets a row and a message, both void, so that the work reveals nothing.
    await this.resetLinks.send(transaction, {
      kind: 'password-reset',
      email,
      name: person?.name ?? '',
      isVoid: !person,
    });
    await this.events.passwordResetAsked(transaction, { userId: user?.id ?? null, email }, client);
  }

  /** Of concurrent resets with one token, one succeeds. */
  private async useToken(transaction: Transaction, row: ResetToken, passwordHash: string, client: Client) {
    await this.limits.lock(transaction, row.email);
    if (!(await this.resetLinks.consume(transaction, row))) return false;
    const user = await this.setPassword(transaction, row.email, passwordHash);
    if (!user) return false;
    await this.events.passwordReset(transaction, user, client);
    return true;
  }

  /** The link proves the mailbox, so an unverified address becomes an account with the name of its newest signup. */
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
      // A new id, so that no token of a signup is valid for this user.
      ...{ id: uuid(), email, name, passwordHash, companyName: null, activeProject: null, lockedAt: null },
      ...{ createdAt, updatedAt: now },
    };
    await manager.insert(User, made);
    return made;
  }
}
