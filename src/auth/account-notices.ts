import { Injectable } from '@nestjs/common';
import { Clock, DAY_MS } from '../common/clock.js';
import { Transaction } from '../database/transaction.js';
import { MailService } from '../mail/mail.service.js';
import { User } from '../users/user.entity.js';
import { FlowsSettings } from './flows.settings.js';
import { CodeMessages, originOf } from './code-messages.js';
import { SignupAttempt } from './signup-attempt.entity.js';

const NOTICE_USEFUL_MS = 3 * DAY_MS;
const ACCOUNT_EXISTS_USEFUL_MS = DAY_MS;

/** What a change of the password did, as parameters of its message: 1 for yes, 0 for no. */
export interface PasswordEffects {
  /** Only the other sessions are ended. */
  others?: number;
  keyEnded?: number;
  keyStays?: number;
}

/** A signup that was written. */
export interface SignedUp {
  email: string;
  attempt: SignupAttempt;
  /** The account of the address, if any; then the attempt is a decoy. */
  account: User | null;
  code: string;
  /** The message with the code is never sent. */
  isVoid: boolean;
  /** The message to the account's owner is never sent. */
  isNoticeVoid: boolean;
}

/** Messages to owners about what happened to their account. */
@Injectable()
export class AccountNotices {
  constructor(
    private readonly messages: CodeMessages,
    private readonly mail: MailService,
    private readonly clock: Clock,
    private readonly settings: FlowsSettings,
  ) {}

  async signedUp(transaction: Transaction, signup: SignedUp): Promise<void> {
    const { email, attempt, account, code, isVoid } = signup;
    if (account) return this.accountExists(transaction, account, attempt, signup.isNoticeVoid);
    await this.messages.queue(transaction, email, attempt, { code, expiresAt: attempt.codeExpiresAt, isVoid });
  }

  passwordChanged(transaction: Transaction, { email, name }: User, effects: PasswordEffects): Promise<void> {
    return this.mail.queue(transaction, {
      kind: 'password-changed',
      recipient: email,
      name,
      params: { ...effects, resetEndsKey: this.settings.RESET_ENDS_API_KEY === 'on' ? 1 : 0 },
      usefulUntil: this.clock.in(NOTICE_USEFUL_MS),
    });
  }

  sessionStolen(transaction: Transaction, { email, name }: User): Promise<void> {
    const usefulUntil = this.clock.in(NOTICE_USEFUL_MS);
    return this.mail.queue(transaction, { kind: 'session-stolen', recipient: email, name, usefulUntil });
  }

  apiKeyCreated(
    transaction: Transaction,
    { email, name }: User,
    { prefix, isReplacement }: { prefix: string; isReplacement: boolean },
  ): Promise<void> {
    return this.mail.queue(transaction, {
      kind: 'api-key-created',
      recipient: email,
      name,
      params: { prefix, replaced: Number(isReplacement) },
      usefulUntil: this.clock.in(NOTICE_USEFUL_MS),
    });
  }

  /** Stores the recipient encrypted, and wipes it once the message is sent or given up. */
  accountDeleted(transaction: Transaction, email: string): Promise<void> {
    const usefulUntil = this.clock.in(NOTICE_USEFUL_MS);
    return this.mail.queue(transaction, {
      kind: 'account-deleted',
      recipient: '',
      name: '',
      secret: email,
      usefulUntil,
    });
  }

  private accountExists(transaction: Transaction, owner: User, attempt: SignupAttempt, isVoid: boolean): Promise<void> {
    return this.mail.queue(transaction, {
      kind: 'account-exists',
      recipient: owner.email,
      name: owner.name,
      params: originOf(attempt),
      usefulUntil: this.clock.in(ACCOUNT_EXISTS_USEFUL_MS),
      isVoid,
    });
  }
}
