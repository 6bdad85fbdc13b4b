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

/** What a new signup changes among the signups of its address. */
interface Excess {
  newcomer: SignupAttempt;
  /** The newcomer is refused; with hidden accounts it is kept all the same, so that nobody notices. */
  isRefused: boolean;
  /** The signups before it. */
  earlier: SignupAttempt[];
  /** The signup that must go (see toPushOut). */
  excess: SignupAttempt | null;
}

/** Manages the signups of an address: lists them, pushes some out when there are too many, finds the one of a token. */
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

  /** The value that decoys have as their address: a MAC, which does not reveal the address. */
  decoyName(email: string): string {
    return this.secrets.mac('decoys-of', email).toString('hex');
  }

  /** The signup that the token was issued for; null when it is none of these. */
  async ownOf(
    { rows }: Transaction,
    attempts: SignupAttempt[],
    claims: AccessTokenClaims | null,
  ): Promise<SignupAttempt | null> {
    const session = claims && (await rows.find(Session, { id: claims.sessionId, userId: claims.userId }));
    return attempts.find(({ id }) => id === session?.attemptId) ?? null;
  }

  /**
   * Returns the signup that must go to make room for the newcomer; null when there is room. A network with too many loses its own oldest;
   * an address with too many loses the oldest of the network that has most. The newest signup of a network is safe until its code expires:
   * when only such are left, the newcomer itself is returned.
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
   * Removes the signup that had no room, if any, and its session; a refused newcomer keeps its session. The others become contested if the
   * removed one had another password. Runs the same statements whether or not one must go.
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

  /** Activates the session of a signup. */
  activate(transaction: Transaction, attempt: SignupAttempt): Promise<void> {
    return this.sessions.activate(transaction, attempt.id);
  }

  /**
   * Makes the signups of an address useless. With hidden accounts they live on as decoys until they expire: if their tokens stopped working
   * now, a stranger who signed up with the address would learn that the owner verified it or deleted the account. A decoy keeps nothing that
   * was typed.
   */
  async retire(transaction: Transaction, email: string): Promise<void> {
    if (!this.settings.hidesAccounts) return this.destroy(transaction, email);
    const decoy = { codeHash: null, userId: '', name: '', passwordHash: '', userAgent: null, isContested: false };
    await transaction.rows.update(SignupAttempt, { email }, { ...decoy, email: this.decoyName(email) });
  }

  /** Removes the signups and decoys of an address, and their inert sessions. */
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

/** Whether no code can open the signup: its address has, or had, an account. */
export function isDecoy({ codeHash }: SignupAttempt): boolean {
  return codeHash === null;
}

/** Whether several people may have signed up with the address: the passwords differ, or a signup with another password is gone. */
export function areContested(attempts: SignupAttempt[]): boolean {
  const live = attempts.filter((attempt) => !isDecoy(attempt));
  return live.some(({ isContested, passwordHash }) => isContested || passwordHash !== live[0].passwordHash);
}
