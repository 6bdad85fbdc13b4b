import { Injectable } from '@nestjs/common';
import { MoreThan } from 'typeorm';
import { AUDIT_EVENT } from '../audit/audit-events.js';
import { Clock } from '../common/clock.js';
import { OperatorError } from '../common/operator-error.js';
import { ApiKey } from '../credentials/api-key.entity.js';
import { ApiKeysService } from '../credentials/api-keys.service.js';
import { Session } from '../credentials/session.entity.js';
import { Database } from '../database/database.js';
import { Transaction } from '../database/transaction.js';
import { User } from '../users/user.entity.js';
import { AccountDeletion } from './account-deletion.js';
import { AccountEvents } from './account-events.js';
import { AddressLimitsService } from './address-limits.service.js';
import { CodeMessages } from './code-messages.js';
import { SignupAttempt } from './signup-attempt.entity.js';
import { areContested, SignupAttempts } from './signup-attempts.service.js';
import { userOf } from './user-of-attempt.js';

/** The outcome of an action. */
export interface Report {
  message: string;
  [detail: string]: unknown;
}

/** An address with its account and signups. */
interface Person {
  email: string;
  user: User | null;
  /** Signups that wait for their code, oldest first. */
  attempts: SignupAttempt[];
}

/** The actions of an administrator, each with its audit event. */
export const ADMINISTRATION_EVENTS = {
  show: AUDIT_EVENT.ADMIN_SHOWED,
  verify: AUDIT_EVENT.ADMIN_VERIFIED,
  lock: AUDIT_EVENT.ADMIN_LOCKED,
  unlock: AUDIT_EVENT.ADMIN_UNLOCKED,
  'log-out': AUDIT_EVENT.ADMIN_LOGGED_OUT,
  'end-key': AUDIT_EVENT.ADMIN_ENDED_KEY,
  resend: AUDIT_EVENT.ADMIN_RESENT_CODE,
  unthrottle: AUDIT_EVENT.ADMIN_UNTHROTTLED,
  delete: AUDIT_EVENT.ADMIN_DELETED,
} as const;
export type AdministrationAction = keyof typeof ADMINISTRATION_EVENTS;

type Action = (transaction: Transaction, person: Person) => Promise<Report>;

function userOfPerson({ user, email, attempts }: Person): User {
  if (user) return user;
  const reason = attempts.length > 0 ? 'is not verified yet' : 'is unknown';
  throw new OperatorError(`There is no account: the address ${email} ${reason}.`);
}

function newestAttempt({ user, email, attempts }: Person): SignupAttempt {
  const newest = attempts.at(-1);
  if (user) throw new OperatorError(`The address ${email} is verified already.`);
  if (!newest) throw new OperatorError(`Nobody signed up with ${email}.`);
  return newest;
}

/** Actions of an administrator on one account. For commands that run beside the service. */
@Injectable()
export class AdministrationService {
  private readonly actions: Record<AdministrationAction, Action> = {
    show: (tx, person) => this.show(tx, person),
    verify: (tx, person) => this.verify(tx, person),
    lock: (tx, person) => this.lock(tx, person),
    unlock: (tx, person) => this.unlock(tx, person),
    'log-out': (tx, person) => this.logOut(tx, person),
    'end-key': (tx, person) => this.endKey(tx, person),
    resend: (tx, person) => this.resend(tx, person),
    unthrottle: (tx, person) => this.unthrottle(tx, person),
    delete: (tx, person) => this.delete(tx, person),
  };

  constructor(
    private readonly database: Database,
    private readonly limits: AddressLimitsService,
    private readonly apiKeys: ApiKeysService,
    private readonly attempts: SignupAttempts,
    private readonly messages: CodeMessages,
    private readonly deletion: AccountDeletion,
    private readonly events: AccountEvents,
    private readonly clock: Clock,
  ) {}

  /** Runs one action on the account or signups of a normalised address. Throws OperatorError when it is impossible. */
  act(name: AdministrationAction, email: string): Promise<Report> {
    return this.database.write(async (tx) => {
      // Signup, verification and deletion of the address take the same lock.
      await this.limits.lock(tx, email);
      const user = await tx.lock(User, { email });
      const attempts = await tx.manager.find(SignupAttempt, { where: { email }, order: { id: 'ASC' } });
      const report = await this.actions[name](tx, { email, user, attempts });
      const who = { userId: user?.id ?? null, email: name === 'delete' ? null : email };
      await this.events.actedByAdministrator(tx, ADMINISTRATION_EVENTS[name], who);
      return report;
    });
  }

  private async show({ manager }: Transaction, person: Person): Promise<Report> {
    const { email, user, attempts } = person;
    const signups = attempts.map(({ name, createdAt }) => ({ name, signed_up_at: createdAt }));
    if (!user) {
      const message = signups.length > 0 ? 'Signed up, not verified.' : 'Nobody has this address.';
      return { message, email, account: null, signups };
    }
    const expiresAt = MoreThan(this.clock.now());
    const sessions = await manager.find(Session, { where: { userId: user.id, expiresAt }, order: { id: 'DESC' } });
    const keys = await manager.find(ApiKey, { where: { userId: user.id }, order: { id: 'DESC' } });
    const { id, name, createdAt, lockedAt } = user;
    return {
      message: lockedAt ? 'The account is locked.' : 'The account is open.',
      email,
      account: { id, name, created_at: createdAt, locked_at: lockedAt },
      sessions: sessions.map(({ network, rotatedAt }) => ({ network, last_used_at: rotatedAt })),
      api_keys: keys.map(({ prefix, createdAt: at, lastUsedAt }) => ({
        prefix,
        created_at: at,
        last_used_at: lastUsedAt,
      })),
      signups,
    };
  }

  /** Turns the newest signup into an account. Refuses when signups have different passwords: nobody can tell which is the owner's. */
  private async verify(transaction: Transaction, person: Person): Promise<Report> {
    const newest = newestAttempt(person);
    if (areContested(person.attempts)) {
      throw new OperatorError(
        'Signups with different passwords wait for this address, and only its owner can tell them apart: ask them for a reset link (forgot-password), which verifies the address too.',
      );
    }
    const attempt = person.attempts.findLast(({ codeHash }) => codeHash !== null) ?? newest;
    const user = userOf(attempt, this.clock.now());
    await transaction.manager.insert(User, user);
    await this.attempts.activate(transaction, attempt);
    await this.attempts.retire(transaction, person.email);
    return { message: 'The address is verified.', id: user.id };
  }

  private async lock(transaction: Transaction, person: Person): Promise<Report> {
    const user = userOfPerson(person);
    if (!user.lockedAt) await transaction.manager.update(User, user.id, { lockedAt: this.clock.now() });
    const sessionsEnded = await this.events.sessionsEndedByAdministrator(transaction, user);
    return { message: 'The account is locked, and its sessions are ended.', sessions_ended: sessionsEnded };
  }

  private async unlock({ manager }: Transaction, person: Person): Promise<Report> {
    await manager.update(User, userOfPerson(person).id, { lockedAt: null });
    return { message: 'The account is open.' };
  }

  private async logOut(transaction: Transaction, person: Person): Promise<Report> {
    const sessionsEnded = await this.events.sessionsEndedByAdministrator(transaction, userOfPerson(person));
    return { message: 'The sessions are ended.', sessions_ended: sessionsEnded };
  }

  private async endKey(transaction: Transaction, person: Person): Promise<Report> {
    await this.apiKeys.remove(transaction, userOfPerson(person).id);
    return { message: 'The account has no API key.' };
  }

  private async resend(transaction: Transaction, person: Person): Promise<Report> {
    await this.messages.renew(transaction, person.email, newestAttempt(person));
    return { message: 'A new code is queued; a running instance sends it.' };
  }

  private async unthrottle(transaction: Transaction, { email, user }: Person): Promise<Report> {
    await this.limits.clear(transaction, email, user?.id);
    return { message: 'What was counted of this address is forgotten.' };
  }

  private async delete(transaction: Transaction, person: Person): Promise<Report> {
    if (person.user) {
      const isGone = await this.deletion.deleteAll(transaction, person.user);
      if (isGone) await this.events.accountDeleted(transaction, person.user, null);
      await this.attempts.destroy(transaction, person.email);
      return { message: 'The account and all its data are deleted.', id: person.user.id };
    }
    newestAttempt(person);
    await this.attempts.destroy(transaction, person.email);
    return { message: 'The signups of this address are deleted.' };
  }
}
