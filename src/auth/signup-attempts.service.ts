import { Injectable } from '@nestjs/common';
import { AccessTokenClaims } from '../credentials/access-tokens.js';
import { Session } from '../credentials/session.entity.js';
import { SessionsService } from '../credentials/sessions.service.js';
import { Transaction } from '../database/transaction.js';
import { SignupAttempt } from './signup-attempt.entity.js';

const MAX_PER_NETWORK = 3;
const MAX_PER_ADDRESS = 10;

/** Keeps the signups of an address apart: which there are, which goes when there are too many, and which a token speaks of. */
@Injectable()
export class SignupAttempts {
  constructor(private readonly sessions: SessionsService) {}

  /** The signups of an address, oldest first. */
  of({ manager }: Transaction, email: string): Promise<SignupAttempt[]> {
    return manager.find(SignupAttempt, { where: { email }, order: { id: 'ASC' } });
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

  /** Removes one signup with its session. The others go on as contested if its password was another than theirs. */
  async remove(transaction: Transaction, attempt: SignupAttempt, others: SignupAttempt[]): Promise<void> {
    await transaction.manager.delete(SignupAttempt, attempt.id);
    await this.sessions.end(transaction, { attemptId: attempt.id });
    await this.noteRival(transaction, attempt, others);
  }

  /** A signup with this password is not kept: without this, the others would look as if they were all there ever was. */
  async noteRival(transaction: Transaction, rival: SignupAttempt, others: SignupAttempt[]): Promise<void> {
    const isContested = rival.isContested || others.some(({ passwordHash }) => passwordHash !== rival.passwordHash);
    if (isContested) await this.contest(transaction, rival.email);
  }

  /** Makes all signups of an address contested. */
  async contest({ rows }: Pick<Transaction, 'rows'>, email: string): Promise<void> {
    await rows.update(SignupAttempt, { email }, { isContested: true });
  }

  /** Makes the session of a signup work. */
  activate(transaction: Transaction, attempt: SignupAttempt): Promise<void> {
    return this.sessions.activate(transaction, attempt.id);
  }

  /** Removes the signups of an address with the sessions that are still inert. */
  async destroy(transaction: Transaction, email: string): Promise<void> {
    for (const { id } of await transaction.manager.findBy(SignupAttempt, { email })) {
      await this.sessions.end(transaction, { attemptId: id });
    }
    await transaction.manager.delete(SignupAttempt, { email });
  }
}

/** Somebody else may have signed up with the address: these signups do not all have one password, or one that had another is gone. */
export function areContested(attempts: SignupAttempt[]): boolean {
  return attempts.some(({ isContested, passwordHash }) => isContested || passwordHash !== attempts[0].passwordHash);
}
