import { randomBytes } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, LessThan, Repository } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { AppError } from '../common/app-error.js';
import { Clock, MINUTE_MS, SECOND_MS } from '../common/clock.js';
import { RecheckedCache } from '../common/rechecked-cache.js';
import { sha256 } from '../common/sha256.js';
import { CredentialsSettings } from './credentials.settings.js';
import { Database } from '../database/database.js';
import { Transaction } from '../database/transaction.js';
import { User } from '../users/user.entity.js';
import { ApiKey } from './api-key.entity.js';
import { CREDENTIALS_ERRORS } from './credentials.errors.js';

const KEY_BYTES = 32;
const KEY_FORM = /^[0-9a-f]{64}$/;
const PREFIX_LENGTH = 8;
/** Other instances refuse a replaced key after at most this time; the instance that replaced it at once. */
const RECHECK_MS = 8 * SECOND_MS;
const CACHED_KEYS = 20_000;

interface KeyState {
  id: string;
  userId: string;
  expiresAt: number;
  lastUsedAt: number;
}

/** A new key. */
interface Replacement {
  user: User;
  prefix: string;
  isReplacement: boolean;
}

/** API keys: one per user, 256 bits, shown once, stored as SHA-256 (a password hash would protect random bits no better). */
@Injectable()
export class ApiKeysService {
  private readonly logger = new Logger(ApiKeysService.name);
  private readonly states: RecheckedCache<KeyState>;

  constructor(
    @InjectRepository(ApiKey) private readonly apiKeys: Repository<ApiKey>,
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly settings: CredentialsSettings,
  ) {
    this.states = new RecheckedCache(clock, {
      maxEntries: CACHED_KEYS,
      recheckMs: RECHECK_MS,
      load: (hash) => this.loadState(hash),
    });
  }

  get cacheHits(): number {
    return this.states.hits;
  }

  get cacheMisses(): number {
    return this.states.misses;
  }

  generate(): string {
    return randomBytes(KEY_BYTES).toString('hex');
  }

  /** Returns the user of a key; null for a key that does not work. */
  async authenticate(key: string): Promise<string | null> {
    if (!KEY_FORM.test(key)) return null;
    const hash = sha256(key);
    const known = this.states.get(hash);
    const state = known instanceof Promise ? await known : known;
    const now = this.clock.now().getTime();
    if (!state) return null;
    if (state.expiresAt <= now) {
      // An expired key stays dead, even if the clock is set back.
      await this.database.write(({ manager }) => manager.delete(ApiKey, { id: state.id }));
      this.states.drop(hash);
      return null;
    }
    if (now - state.lastUsedAt >= MINUTE_MS) this.noteUse(state, now);
    return state.userId;
  }

  /** Removes all keys of a user; returns false when there were none. */
  async remove(transaction: Transaction, userId: string): Promise<boolean> {
    const keys = await transaction.manager.findBy(ApiKey, { userId });
    await transaction.manager.delete(ApiKey, { userId });
    this.dropAfterCommit(transaction, keys);
    return keys.length > 0;
  }

  /** Replaces the user's key; the old one keeps working for API_KEY_OVERLAP_SECONDS. Locks the user. */
  async replace(transaction: Transaction, userId: string, apiKey: string): Promise<Replacement> {
    const { manager } = transaction;
    const user = await transaction.lock(User, { id: userId });
    if (!user) throw new AppError(CREDENTIALS_ERRORS.TOKEN_INVALID);
    const now = this.clock.now();
    const keys = await manager.findBy(ApiKey, { userId });
    if (this.settings.API_KEY_OVERLAP_SECONDS > 0) {
      await manager.delete(ApiKey, { userId, expiresAt: LessThan(now) });
      const expiresAt = this.clock.in(this.settings.API_KEY_OVERLAP_SECONDS * SECOND_MS);
      await manager.update(ApiKey, { userId, expiresAt: IsNull() }, { expiresAt });
    } else {
      await manager.delete(ApiKey, { userId });
    }
    this.dropAfterCommit(transaction, keys);
    const prefix = apiKey.slice(0, PREFIX_LENGTH);
    const key = { id: uuid(), userId, keyHash: sha256(apiKey), prefix };
    await manager.insert(ApiKey, { ...key, createdAt: now, lastUsedAt: null, expiresAt: null });
    return { user, prefix, isReplacement: keys.length > 0 };
  }

  private dropAfterCommit(transaction: Transaction, keys: ApiKey[]): void {
    transaction.afterCommit(() => keys.forEach((key) => this.states.drop(key.keyHash)));
  }

  /** Runs after the response, at most once a minute over all instances; a lost update does no harm. */
  private noteUse(state: KeyState, now: number): void {
    state.lastUsedAt = now;
    const usedAt = new Date(now);
    this.database
      .write(async ({ manager }) => {
        const before = new Date(now - MINUTE_MS);
        const stale = [
          { id: state.id, lastUsedAt: IsNull() },
          { id: state.id, lastUsedAt: LessThan(before) },
        ];
        await manager.update(ApiKey, stale, { lastUsedAt: usedAt });
      })
      .catch((error: Error) => this.logger.warn(`The use of an API key could not be noted: ${error.message}`));
  }

  private async loadState(keyHash: string): Promise<KeyState | null> {
    const key = await this.apiKeys.findOneBy({ keyHash });
    const isLocked = key && (await this.database.rows.find(User, { id: key.userId }))?.lockedAt;
    if (!key || isLocked) return null;
    return {
      id: key.id,
      userId: key.userId,
      expiresAt: key.expiresAt?.getTime() ?? Infinity,
      lastUsedAt: key.lastUsedAt?.getTime() ?? 0,
    };
  }
}
