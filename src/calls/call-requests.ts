import { Injectable } from '@nestjs/common';
import { AppError } from '../common/app-error.js';
import { Clock, DAY_MS } from '../common/clock.js';
import { COMMON_ERRORS } from '../common/common.errors.js';
import { sha256 } from '../common/sha256.js';
import { isUniqueViolation } from '../database/database-errors.js';
import { Database } from '../database/database.js';
import { Transaction } from '../database/transaction.js';
import { CallRequest } from './call-request.entity.js';
import { CALLS_ERRORS } from './calls.errors.js';

const KEY_NAME = 'Idempotency-Key';
const KEY = /^[\x21-\x7e]{1,255}$/;
const KEPT_MS = DAY_MS;

/** A request that may be repeated. */
export interface RepeatableRequest {
  keyHash: string;
  bodyHash: string;
  userId: string;
}

/** Makes requests with an `Idempotency-Key` take effect once, however often they are sent. */
@Injectable()
export class CallRequests {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Identifies a request by its user, its key and its body; null without a key. Throws VALIDATION_FAILED for a key of another form. */
  identify(key: string | undefined, userId: string, body: unknown): RepeatableRequest | null {
    if (key === undefined) return null;
    if (!KEY.test(key)) {
      const message = `${KEY_NAME} must be 1 to 255 visible ASCII characters`;
      throw new AppError(COMMON_ERRORS.VALIDATION_FAILED, { faults: [{ field: KEY_NAME, message }] });
    }
    return { keyHash: sha256(`${userId}:${key}`), bodyHash: sha256(JSON.stringify(body)), userId };
  }

  /** Returns the id of what the request made before; null when it is the first. Throws IDEMPOTENCY_KEY_REUSED for another body. */
  async resultOf(request: RepeatableRequest | null): Promise<string | null> {
    if (!request) return null;
    const { keyHash } = request;
    const earlier = await this.database.reader.manager.findOneBy(CallRequest, { keyHash });
    if (!earlier || this.isOutdated(earlier)) return null;
    if (earlier.bodyHash !== request.bodyHash) throw new AppError(CALLS_ERRORS.IDEMPOTENCY_KEY_REUSED);
    return earlier.resultId;
  }

  /**
   * Runs `make` in a unit of work that also keeps what the request makes, and returns its id. Of requests that come at the same time
   * the first one makes it, and the others get its id.
   */
  async once(request: RepeatableRequest | null, make: (transaction: Transaction) => Promise<string>): Promise<string> {
    if (!request) return this.database.write(make);
    try {
      return await this.database.write(async (tx) => {
        const id = await make(tx);
        await this.keep(tx, request, id);
        return id;
      });
    } catch (error) {
      const made = isUniqueViolation(error) ? await this.resultOf(request) : null;
      if (made === null) throw error;
      return made;
    }
  }

  private async keep({ manager }: Transaction, request: RepeatableRequest, resultId: string): Promise<void> {
    const { keyHash } = request;
    const known = await manager.findOneBy(CallRequest, { keyHash });
    if (known && this.isOutdated(known)) await manager.delete(CallRequest, { keyHash, createdAt: known.createdAt });
    await manager.insert(CallRequest, { ...request, resultId, createdAt: this.clock.now() });
  }

  private isOutdated({ createdAt }: CallRequest): boolean {
    return createdAt <= this.clock.in(-KEPT_MS);
  }
}
