import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { Secrets } from '../secrets/secrets.js';
import { AccountsSettings } from '../config/accounts.settings.js';
import { AccessTokenClaims } from '../credentials/access-tokens.js';
import { Session } from '../credentials/session.entity.js';
import { SessionsService } from '../credentials/sessions.service.js';
import { Transaction } from '../database/transaction.js';
import { SignupAttempt } from './signup-attempt.entity.js';

const MAX_PER_NETWORK = 3;
const MAX_PER_ADDRESS = 10;

/** A signup of an address that has others. */
interface Excess {
  newcomer: SignupAttempt;
  /** The newcomer is kept for the look of it only, or not at all. */
  isRefused: boolean;
  /** Those that were there before. */
  earlier: SignupAttempt[];
  /** The one that must go: see toPushOut. */
  excess: SignupAttempt | null;
}

/** Keeps the signups of an address apart: which there are, which goes when there are too many, and which a token speaks of. */
@Injectable()
export class SignupAttempts {
  constructor(
    private readonly sessions: SessionsService,
    private readonly secrets: Secrets,
    private readonly settings: AccountsSettings,
  ) {}

  /** The signups of an address with its decoys, oldest first. */
  of({ manager }: Transaction, email: string): Promise<SignupAttempt[]> {
    return manager.find(SignupAttempt, { where: { email: In(this.namesOf(email)) }, order: { id: 'ASC' } });
  }

  /** Under this name the decoys of an address are kept: found by whoever knows it, and telling nobody else what it is. */
  decoyName(email: string): string {
    return this.secrets.mac('decoys-of', email).toString('hex');
  }

  /** The signup whose own token this is; null when it is none of these. */
  async ownOf(
    { rows }: Transaction,
    attempts: SignupAttempt[],
    claims: AccessTokenClaims | null,
  ): Promise<SignupAttempt | null> {
    const session = claims && (await rows.find(Session, { id: claims.sessionId, userId: claims.userId }));
    return attempts.find(({ id }) => id === session?.attemptId) ?? null;
  }

  /**
   * The signup that must go for this one to stay; null when there is room. A network pushes out its own; when the address has too
   * many, the oldest of the network that has most. The newest of any network stays until its code expired: rather than push that
   * out, the newcomer itself is returned.
   */
  toPushOut(attempts: SignupAttempt[], newcomer: SignupAttempt): SignupAttempt | null {
    const ofNetwork = (wanted: string | null) => attempts.filter(({ network }) => network === wanted);
    const own = ofNetwork(newcomer.network);
    if (own.length >= MAX_PER_NETWORK) return own[0];
    if (attempts.length < MAX_PER_ADDRESS) return null;
    const [most] = attempts.map(({ network }) => ofNetwork(network)).sort((a, b) => b.length - a.length);
    if (most.length > 1) return most[0];
    return attempts.find(({ codeExpiresAt }) => codeExpiresAt <= newcomer.createdAt) ?? newcomer;
  }

  /**
   * Removes the signup that had no room, if any, with its session; a newcomer without room keeps its session, which looks like any
   * other. The rest go on as contested if the password of one that had no room was another than theirs. The statements are the same
   * whether somebody has to go or not.
   */
  async removeExcess(transaction: Transaction, email: string, change: Excess): Promise<void> {
    const { excess, newcomer, earlier } = change;
    await transaction.manager.delete(SignupAttempt, { id: excess?.id ?? '' });
    await this.sessions.endOfAttempt(transaction, excess && excess !== newcomer ? excess.id : '');
    const rivals = [excess, ...(change.isRefused ? [newcomer] : [])].filter((rival) => rival !== null);
    const isContested = areContested([...earlier, newcomer]) && rivals.some((rival) => !isDecoy(rival));
    const wasContested = earlier.some((attempt) => attempt.isContested);
    await transaction.rows.update(SignupAttempt, { email }, { isContested: isContested || wasContested });
  }

  /** Makes all signups of an address contested. */
  async contest({ rows }: Pick<Transaction, 'rows'>, email: string): Promise<void> {
    await rows.update(SignupAttempt, { email }, { isContested: true });
  }

  /** Makes the session of a signup work. */
  activate(transaction: Transaction, attempt: SignupAttempt): Promise<void> {
    return this.sessions.activate(transaction, attempt.id);
  }

  /**
   * Nothing becomes an account of these signups any more. Hidden they live on as decoys until their normal end: if their tokens died now,
   * a stranger who signed up with the address would learn that its owner proved it, or deleted the account. A decoy keeps nothing of
   * what was typed.
   */
  async retire(transaction: Transaction, email: string): Promise<void> {
    if (!this.settings.hidesAccounts) return this.destroy(transaction, email);
    const decoy = { codeHash: null, userId: '', name: '', passwordHash: '', userAgent: null, isContested: false };
    await transaction.rows.update(SignupAttempt, { email }, { ...decoy, email: this.decoyName(email) });
  }

  /** Removes the signups and decoys of an address with the sessions that are still inert. */
  async destroy(transaction: Transaction, email: string): Promise<void> {
    for (const { id } of await this.of(transaction, email)) {
      await this.sessions.end(transaction, { attemptId: id });
    }
    await transaction.manager.delete(SignupAttempt, { email: In(this.namesOf(email)) });
  }

  private namesOf(email: string): string[] {
    return [email, this.decoyName(email)];
  }
}

/** A signup that opens nothing, whichever code comes: its address has an account, or had one. */
export function isDecoy({ codeHash }: SignupAttempt): boolean {
  return codeHash === null;
}

/** Somebody else may have signed up with the address: these signups do not all have one password, or one that had another is gone. */
export function areContested(attempts: SignupAttempt[]): boolean {
  const live = attempts.filter((attempt) => !isDecoy(attempt));
  return live.some(({ isContested, passwordHash }) => isContested || passwordHash !== live[0].passwordHash);
}
