import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { FindOptionsWhere, LessThanOrEqual, MoreThan, Repository } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { AppError } from '../common/app-error.js';
import { Clock, DAY_MS, MINUTE_MS, SECOND_MS } from '../common/clock.js';
import { RecheckedCache } from '../common/rechecked-cache.js';
import { sha256 } from '../common/sha256.js';
import { CredentialsSettings } from './credentials.settings.js';
import { Database } from '../database/database.js';
import { idsOnPage, rowsByKey } from '../database/row-pages.js';
import { Transaction } from '../database/transaction.js';
import { maskedIp } from '../config/addresses.js';
import { Client } from '../http/client.js';
import { Page, RowsQuery } from '../http/paging.js';
import { CREDENTIALS_ERRORS } from './credentials.errors.js';
import { equals, isPresent } from './present-token.js';
import { RefreshTokenClaims, RefreshTokens } from './refresh-tokens.js';
import { Session } from './session.entity.js';
import { unusedLongest } from './unused-sessions.js';

/** Other instances refuse an ended session after at most this time; the instance that ended it at once. */
const RECHECK_MS = 8 * SECOND_MS;
const CACHED_SESSIONS = 50_000;
/** Maximum clock difference between two instances. */
const CLOCK_SKEW_MS = MINUTE_MS;

/** What the guard needs to know about a session. */
export interface SessionState {
  userId: string;
  /** Its e-mail address is not verified yet. */
  isInert: boolean;
  endsAt: number;
}

/** The outcome of using a refresh token. */
export type Rotation =
  | { outcome: 'rotated'; refreshToken: string; claims: RefreshTokenClaims }
  | { outcome: 'reused' | 'ended'; claims: RefreshTokenClaims };

/** Opens, rotates, lists and ends sessions (OWASP Session Management Cheat Sheet). Each session is one row; tokens have none. */
@Injectable()
export class SessionsService {
  private readonly states: RecheckedCache<SessionState>;

  constructor(
    @InjectRepository(Session) private readonly sessions: Repository<Session>,
    private readonly database: Database,
    private readonly refreshTokens: RefreshTokens,
    private readonly clock: Clock,
    private readonly settings: CredentialsSettings,
  ) {
    this.states = new RecheckedCache(clock, {
      maxEntries: CACHED_SESSIONS,
      recheckMs: RECHECK_MS,
      load: (id) => this.loadState(id),
    });
  }

  get cacheHits(): number {
    return this.states.hits;
  }

  get cacheMisses(): number {
    return this.states.misses;
  }

  /** Opens a session; with `attemptId` it is inert. */
  async open(
    transaction: Transaction,
    { userId, attemptId }: { userId: string; attemptId: string | null },
    client: Client,
  ): Promise<{ sessionId: string; refreshToken: string }> {
    const sessionId = uuid();
    const refreshToken = this.refreshTokens.first(userId, sessionId);
    const now = this.clock.now();
    await transaction.rows.insert(Session, {
      id: sessionId,
      userId,
      attemptId,
      generation: 0,
      refreshHash: sha256(refreshToken),
      previousRefreshHash: null,
      rotationNonce: '',
      userAgent: client.userAgent,
      network: maskedIp(client.ip),
      createdAt: now,
      rotatedAt: now,
      expiresAt: this.endAfterUse(now, now),
    });
    return { sessionId, refreshToken };
  }

  /** Returns the state of a session; null once it has ended, even if the clock is set back. Cached for RECHECK_MS. */
  async state(id: string): Promise<SessionState | null> {
    const known = this.states.get(id);
    const remembered = known instanceof Promise ? await known : known;
    // Not cached while inert: another instance may just have verified it, and then it must work at once.
    const state = remembered?.isInert ? await this.loadState(id) : remembered;
    const now = this.clock.now();
    if (!state || state.endsAt > now.getTime()) return state;
    this.states.drop(id);
    await this.database.write((tx) => this.end(tx, { id, expiresAt: LessThanOrEqual(now) }));
    return null;
  }

  /** Returns the cached state of a live session; synchronous. */
  knownState(id: string): SessionState | undefined {
    const known = this.states.peek(id);
    return known && known.endsAt > this.clock.now().getTime() ? known : undefined;
  }

  /**
   * Exchanges a refresh token for its successor. The previous token works for REFRESH_GRACE_SECONDS while its successor is unused (two tabs, a
   * lost response) and gives the same successor. Any other used token ends the session (RFC 9700, section 4.14.2).
   */
  async rotate(transaction: Transaction, token: string): Promise<Rotation> {
    const claims = this.claimsOf(token);
    const session = await transaction.lock(Session, { id: claims.sessionId, userId: claims.userId });
    const isExpired = session !== null && session.expiresAt <= this.clock.now();
    if (isExpired) await this.end(transaction, { id: session.id });
    if (!session || isExpired) return { outcome: 'ended', claims };
    if (session.attemptId !== null) throw new AppError(CREDENTIALS_ERRORS.EMAIL_NOT_VERIFIED);
    if (isPresent(session, token, claims)) {
      const refreshToken = await this.advance(transaction, session, token, claims);
      if (refreshToken !== null) return { outcome: 'rotated', refreshToken, claims };
    }
    if (this.isInGrace(session, claims) && equals(sha256(token), session.previousRefreshHash)) {
      const { rotationNonce, refreshHash } = session;
      const refreshToken = this.refreshTokens.issuedSuccessor(token, claims, rotationNonce, refreshHash);
      return { outcome: 'rotated', refreshToken, claims };
    }
    // A token newer than the row was issued before the database was restored from a backup: it is useless, but not stolen.
    if (claims.generation > session.generation) throw new AppError(CREDENTIALS_ERRORS.REFRESH_TOKEN_INVALID);
    await this.end(transaction, { id: session.id });
    return { outcome: 'reused', claims };
  }

  /**
   * The ordinary case of `rotate` without a lock: the token is the current one, and one conditional statement exchanges it. Returns null in
   * every other case, for `rotate` to decide.
   */
  async rotateAtOnce(token: string): Promise<Rotation | null> {
    const claims = this.claimsOf(token);
    const session = await this.database.rows.find(Session, { id: claims.sessionId, userId: claims.userId });
    if (!session || session.expiresAt <= this.clock.now() || session.attemptId !== null) return null;
    if (!isPresent(session, token, claims)) return null;
    const refreshToken = await this.database.writeAtOnce((rows) => this.advance({ rows }, session, token, claims));
    return refreshToken === null ? null : { outcome: 'rotated', refreshToken, claims };
  }

  /** Ends matching sessions; returns their number. */
  async end(transaction: Transaction, where: FindOptionsWhere<Session>): Promise<number> {
    const rows = await transaction.manager.find(Session, { where, select: { id: true } });
    if (rows.length === 0) return 0;
    // By the condition, for there may be more ids than fit a statement.
    const { affected } = await transaction.manager.delete(Session, where);
    const count = affected ?? 0;
    transaction.afterCommit(() => {
      // Sessions opened between the two statements were deleted as well; their ids are unknown.
      if (count > rows.length) this.states.clear();
      else rows.forEach(({ id }) => this.states.drop(id));
    });
    return count;
  }

  /** Ends the inert session of a signup. Runs the same statements when there is none. */
  async endOfAttempt(transaction: Transaction, attemptId: string): Promise<void> {
    const session = await transaction.rows.find(Session, { attemptId });
    await transaction.manager.delete(Session, { id: session?.id ?? '' });
    if (session) transaction.afterCommit(() => this.states.drop(session.id));
  }

  /** Ends the user's least recently used sessions to make room for one more; returns their number. The caller has locked the user. */
  async makeRoom(transaction: Transaction, userId: string): Promise<number> {
    const others = this.settings.SESSIONS_PER_USER - 1;
    const beyond = await unusedLongest(transaction.manager, userId, this.clock.now(), others);
    let count = 0;
    for (const where of beyond) count += await this.end(transaction, where);
    return count;
  }

  /** Makes the inert session of a verified signup work. */
  async activate(transaction: Transaction, attemptId: string): Promise<void> {
    const rows = await transaction.manager.findBy(Session, { attemptId });
    await transaction.manager.update(Session, { attemptId }, { attemptId: null });
    transaction.afterCommit(() => rows.forEach((row) => this.states.drop(row.id)));
  }

  /** A page of the user's live sessions, newest first. */
  async list(userId: string, query: RowsQuery): Promise<Page<Session[]>> {
    const { manager } = this.sessions;
    const where = { userId, expiresAt: MoreThan(this.clock.now()) };
    const { ids, total, hasMore } = await idsOnPage(manager, Session, where, query);
    const body: Session[] = [];
    for await (const session of rowsByKey(manager, Session, ids)) body.push(session);
    return { body, total, next: hasMore ? { pageSize: query.pageSize, after: ids[ids.length - 1] } : null };
  }

  private claimsOf(token: string): RefreshTokenClaims {
    const claims = this.refreshTokens.parse(token);
    if (!claims) throw new AppError(CREDENTIALS_ERRORS.REFRESH_TOKEN_INVALID);
    return claims;
  }

  /** Returns null when the session has ended or was advanced meanwhile. */
  private async advance(
    { rows }: Pick<Transaction, 'rows'>,
    { id, generation, refreshHash, createdAt }: Session,
    token: string,
    claims: RefreshTokenClaims,
  ): Promise<string | null> {
    const now = this.clock.now();
    const rotationNonce = randomBytes(16).toString('hex');
    const successor = this.refreshTokens.successor(token, claims, rotationNonce);
    const changes = {
      generation: generation + 1,
      refreshHash: sha256(successor),
      previousRefreshHash: refreshHash,
      rotationNonce,
      rotatedAt: now,
      expiresAt: this.endAfterUse(now, createdAt),
    };
    const advanced = await rows.update(Session, { id, generation }, changes);
    return advanced === 1 ? successor : null;
  }

  private isInGrace(session: Session, claims: RefreshTokenClaims): boolean {
    const sinceMs = this.clock.now().getTime() - session.rotatedAt.getTime();
    const isRecent = sinceMs <= this.settings.REFRESH_GRACE_SECONDS * SECOND_MS && sinceMs >= -CLOCK_SKEW_MS;
    return claims.generation === session.generation - 1 && isRecent;
  }

  /** The idle limit counted from now, but not after the absolute limit. */
  private endAfterUse(now: Date, createdAt: Date): Date {
    const idleEnd = now.getTime() + this.settings.SESSION_IDLE_DAYS * DAY_MS;
    return new Date(Math.min(idleEnd, createdAt.getTime() + this.settings.SESSION_MAX_DAYS * DAY_MS));
  }

  private async loadState(id: string): Promise<SessionState | null> {
    const session = await this.database.rows.find(Session, { id });
    return (
      session && { userId: session.userId, isInert: session.attemptId !== null, endsAt: session.expiresAt.getTime() }
    );
  }
}
