import { Injectable } from '@nestjs/common';
import { FindOptionsWhere, Not } from 'typeorm';
import { AUDIT_EVENT, AuditEventType } from '../audit/audit-events.js';
import { AuditService } from '../audit/audit.service.js';
import { ApiKeysService } from '../credentials/api-keys.service.js';
import { Session } from '../credentials/session.entity.js';
import { SessionsService } from '../credentials/sessions.service.js';
import { Transaction } from '../database/transaction.js';
import { Client } from '../http/client.js';
import { DeviceTokens } from '../throttling/device-tokens.js';
import { KnownNetworks } from '../throttling/known-networks.js';
import { User } from '../users/user.entity.js';
import { AccountNotices, PasswordEffects, SignedUp } from './account-notices.js';
import { FlowsSettings } from './flows.settings.js';
import { ResetToken } from './reset-token.entity.js';
import { SignupAttempts } from './signup-attempts.service.js';

/** Whom an event is about. `email` is null where the account may be deleted at the same time: the log would keep the address. */
interface Who {
  userId: string | null;
  email: string | null;
}

function whoIs({ id, email }: User): Who {
  return { userId: id, email };
}

/**
 * One method for each event of an account: it writes the audit event, queues the message to the owner, and ends what must no longer work.
 * Call it in the unit of work of the event.
 */
@Injectable()
export class AccountEvents {
  constructor(
    private readonly sessions: SessionsService,
    private readonly apiKeys: ApiKeysService,
    private readonly attempts: SignupAttempts,
    private readonly devices: DeviceTokens,
    private readonly networks: KnownNetworks,
    private readonly notices: AccountNotices,
    private readonly audit: AuditService,
    private readonly settings: FlowsSettings,
  ) {}

  /** Sends the code; if the address has an account, tells its owner of the signup instead. */
  async signedUp(transaction: Transaction, signup: SignedUp, client: Client): Promise<void> {
    await this.notices.signedUp(transaction, signup);
    await this.audit.record(transaction, AUDIT_EVENT.SIGNED_UP, { userId: null, email: signup.email }, client);
  }

  /** Call when the address has become an account; makes its signups useless. */
  async emailVerified(transaction: Transaction, user: User, client: Client): Promise<void> {
    await this.attempts.retire(transaction, user.email);
    await this.networks.remember(transaction, user.email, client.ip);
    await this.audit.record(transaction, AUDIT_EVENT.EMAIL_VERIFIED, whoIs(user), client);
  }

  sessionsCrowdedOut(transaction: Transaction, { id }: User, client: Client): Promise<void> {
    return this.audit.record(transaction, AUDIT_EVENT.SESSION_CROWDED_OUT, { userId: id, email: null }, client);
  }

  /** Returns the device token of the login; `presented` is the one that came with it. The caller has locked the user. */
  async loggedIn(transaction: Transaction, user: User, presented: string | undefined, client: Client): Promise<string> {
    await this.networks.remember(transaction, user.email, client.ip);
    await this.audit.record(transaction, AUDIT_EVENT.LOGGED_IN, whoIs(user), client);
    // The lock makes a concurrent reset come later, so that it also ends this token.
    return this.devices.issue(transaction, user.email, presented);
  }

  loginFailed(transaction: Pick<Transaction, 'rows'>, who: Who, client: Client): Promise<void> {
    return this.audit.record(transaction, AUDIT_EVENT.LOGIN_FAILED, who, client);
  }

  /** A logged-in user entered a wrong password for an action that asks for it. */
  passwordCheckFailed(transaction: Pick<Transaction, 'rows'>, user: User, client: Client): Promise<void> {
    return this.audit.record(transaction, AUDIT_EVENT.PASSWORD_CHECK_FAILED, whoIs(user), client);
  }

  /** A refresh token was used twice: somebody stole it, and its session was ended. */
  async sessionStolen(transaction: Transaction, userId: string, client: Client): Promise<void> {
    const user = await transaction.manager.findOneBy(User, { id: userId });
    if (!user) return;
    await this.audit.record(transaction, AUDIT_EVENT.SESSION_STOLEN, whoIs(user), client);
    await this.notices.sessionStolen(transaction, user);
  }

  async loggedOut(transaction: Transaction, userId: string, sessionId: string, client: Client): Promise<void> {
    await this.sessions.end(transaction, { userId, id: sessionId });
    await this.audit.record(transaction, AUDIT_EVENT.LOGGED_OUT, { userId, email: null }, client);
  }

  /** Ends all sessions and device tokens. `email` is undefined when the user was just deleted: then no device token works. */
  async loggedOutEverywhere(
    transaction: Transaction,
    { userId, email }: { userId: string; email: string | undefined },
    client: Client,
  ): Promise<void> {
    await this.sessions.end(transaction, { userId });
    if (email !== undefined) await this.devices.endAll(transaction, email);
    await this.audit.record(transaction, AUDIT_EVENT.LOGGED_OUT, { userId, email: null }, client);
  }

  /** Returns false when the user has no such session. */
  async sessionEnded(transaction: Transaction, userId: string, sessionId: string, client: Client): Promise<boolean> {
    const count = await this.sessions.end(transaction, { id: sessionId, userId });
    if (count === 0) return false;
    await this.audit.record(transaction, AUDIT_EVENT.SESSION_ENDED, { userId, email: null }, client);
    return true;
  }

  /** Ends every session but `keptSessionId`. */
  async passwordChanged(
    transaction: Transaction,
    user: User,
    keptSessionId: string | null,
    client: Client,
  ): Promise<void> {
    const others: FindOptionsWhere<Session> = keptSessionId ? { id: Not(keptSessionId) } : {};
    await this.endAccess(transaction, user, others, { others: keptSessionId ? 1 : 0, keyStays: 1 });
    await this.audit.record(transaction, AUDIT_EVENT.PASSWORD_CHANGED, whoIs(user), client);
  }

  passwordResetAsked(transaction: Transaction, who: Who, client: Client): Promise<void> {
    return this.audit.record(transaction, AUDIT_EVENT.PASSWORD_RESET_ASKED, who, client);
  }

  /** Also makes the signups of the address useless, for the reset link has proved the mailbox. */
  async passwordReset(transaction: Transaction, user: User, client: Client): Promise<void> {
    await this.attempts.retire(transaction, user.email);
    const endsKey = this.settings.RESET_ENDS_API_KEY === 'on';
    const keyEnded = endsKey && (await this.apiKeys.remove(transaction, user.id));
    await this.endAccess(transaction, user, {}, { keyEnded: keyEnded ? 1 : 0, keyStays: endsKey ? 0 : 1 });
    if (keyEnded) await this.audit.record(transaction, AUDIT_EVENT.API_KEY_DELETED, whoIs(user), client);
    await this.networks.remember(transaction, user.email, client.ip);
    await this.audit.record(transaction, AUDIT_EVENT.PASSWORD_RESET, whoIs(user), client);
  }

  async apiKeyCreated(
    transaction: Transaction,
    user: User,
    key: { prefix: string; isReplacement: boolean },
    client: Client,
  ): Promise<void> {
    await this.audit.record(transaction, AUDIT_EVENT.API_KEY_CREATED, whoIs(user), client);
    await this.notices.apiKeyCreated(transaction, user, key);
  }

  async apiKeyDeleted(transaction: Transaction, userId: string, client: Client): Promise<void> {
    await this.apiKeys.remove(transaction, userId);
    await this.audit.record(transaction, AUDIT_EVENT.API_KEY_DELETED, { userId, email: null }, client);
  }

  dataExported(transaction: Transaction, userId: string, client: Client): Promise<void> {
    return this.audit.record(transaction, AUDIT_EVENT.DATA_EXPORTED, { userId, email: null }, client);
  }

  /** `client` is null when an administrator deleted the account: then `actedByAdministrator` writes the audit event. */
  async accountDeleted(transaction: Transaction, { id, email }: User, client: Client | null): Promise<void> {
    await this.notices.accountDeleted(transaction, email);
    if (client === null) return;
    await this.audit.record(transaction, AUDIT_EVENT.ACCOUNT_DELETED, { userId: id, email: null }, client);
  }

  /** Ends all sessions and device tokens; returns the number of sessions. */
  async sessionsEndedByAdministrator(transaction: Transaction, { id, email }: User): Promise<number> {
    await this.devices.endAll(transaction, email);
    return this.sessions.end(transaction, { userId: id });
  }

  actedByAdministrator(transaction: Transaction, type: AuditEventType, who: Who): Promise<void> {
    return this.audit.record(transaction, type, who, null);
  }

  /** Ends sessions, device tokens and reset links, and tells the owner the `effects`. */
  private async endAccess(
    transaction: Transaction,
    user: User,
    which: FindOptionsWhere<Session>,
    effects: PasswordEffects,
  ): Promise<void> {
    await this.sessions.end(transaction, { ...which, userId: user.id });
    await this.devices.endAll(transaction, user.email);
    await transaction.manager.delete(ResetToken, { email: user.email });
    await this.notices.passwordChanged(transaction, user, effects);
  }
}
