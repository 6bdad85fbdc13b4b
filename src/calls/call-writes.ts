import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { SECOND_MS } from '../common/clock.js';
import { isDatabaseUnavailable } from '../database/database-errors.js';
import { Database } from '../database/database.js';
import { Transaction } from '../database/transaction.js';
import { Call } from './call.entity.js';

/** Pause between attempts to write while the database is away. */
const AGAIN_MS = SECOND_MS;
/** Maximum number of a call's turns and notes that wait for the database: more than are said in ten minutes. */
const MAX_WAITING = 200;

type Work = (tx: Transaction, call: Call) => Promise<unknown>;

/** Writes events of a call in order, as long as this instance holds the call. */
export class CallWrites {
  private readonly logger = new Logger('Calls');
  private writing: Promise<void> = Promise.resolve();
  private isStopped = false;
  private waiting = 0;
  private dropped = 0;

  /** `lost` is called once, when the row is gone or held by another instance. */
  constructor(
    private readonly database: Database,
    private readonly call: Pick<Call, 'id' | 'leaseOwner'>,
    private readonly lost: () => void,
  ) {}

  /** Adds a unit of work on the locked call, which is tried until it succeeds. `what` names it in the log, and holds nothing that was said. */
  add(what: string, work: Work): void {
    this.enqueue(() => this.insist(what, () => this.run(work)));
  }

  /** Like `add`, but optional: dropped and logged when too much is waiting or the database rejects it. */
  offer(what: string, work: Work): void {
    if (this.waiting >= MAX_WAITING) return this.drop(what);
    this.waiting += 1;
    this.enqueue(async () => {
      try {
        return await this.insist(what, () => this.run(work), isDatabaseUnavailable);
      } catch (error) {
        this.logger.error(`The database refused ${what} of call ${this.call.id}`, error);
        return undefined;
      } finally {
        this.waiting -= 1;
        if (this.waiting === 0) this.tellDropped();
      }
    });
  }

  /**
   * Goes on until it works: nobody else knows what became of the call. Resolves to undefined when that does not matter any more, throws
   * what is not worth another attempt.
   */
  async insist<Result>(
    what: string,
    attempt: () => Promise<Result>,
    isWorthAnother: (error: unknown) => boolean = () => true,
  ): Promise<Result | undefined> {
    for (let failures = 0; !this.isStopped; failures += 1) {
      try {
        return await attempt();
      } catch (error) {
        if (!isWorthAnother(error)) throw error;
        if (failures === 0) this.logger.error(`The database did not yet take ${what} of call ${this.call.id}`, error);
        await delay(AGAIN_MS, undefined, { ref: false });
      }
    }
    return undefined;
  }

  /** Later writes wait for `other`, which must not reject. */
  waitFor(other: Promise<void>): void {
    this.writing = this.writing.then(() => other);
  }

  /** Resolves when all that was added so far is written. */
  settled(): Promise<void> {
    return this.writing;
  }

  stop(): void {
    this.isStopped = true;
  }

  private enqueue(write: () => Promise<boolean | undefined>): void {
    this.writing = this.writing.then(async () => {
      if ((await write()) === false) this.lost();
    });
  }

  private drop(what: string): void {
    if (this.dropped === 0) this.logger.error(`${MAX_WAITING} writes wait: ${what} of call ${this.call.id} is dropped`);
    this.dropped += 1;
  }

  private tellDropped(): void {
    if (this.dropped > 0) this.logger.error(`${this.dropped} turns and notes of call ${this.call.id} were dropped`);
    this.dropped = 0;
  }

  /** False when the row is gone, or held by another instance. */
  private run(work: Work): Promise<boolean> {
    const where = { id: this.call.id, leaseOwner: this.call.leaseOwner ?? '' };
    return this.database.write(async (tx) => {
      const call = await tx.lock(Call, where);
      if (call) await work(tx, call);
      return call !== null;
    });
  }
}
