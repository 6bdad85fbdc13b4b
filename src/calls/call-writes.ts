import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { SECOND_MS } from '../common/clock.js';
import { Database } from '../database/database.js';
import { Transaction } from '../database/transaction.js';
import { Call } from './call.entity.js';

/** How often what the database did not take is offered again. */
const AGAIN_MS = SECOND_MS;

/** Writes what happens in a call, one thing after the other, as long as this instance holds the call. */
export class CallWrites {
  private readonly logger = new Logger('Calls');
  private writing: Promise<void> = Promise.resolve();
  private isStopped = false;

  /** `lost` is called once, when the row is gone or held by another instance. */
  constructor(
    private readonly database: Database,
    private readonly call: Pick<Call, 'id' | 'leaseOwner'>,
    private readonly lost: () => void,
  ) {}

  /** Adds a unit of work on the locked call. `what` names it in the log, and holds nothing that was said. */
  add(what: string, work: (tx: Transaction, call: Call) => Promise<unknown>): void {
    this.writing = this.writing.then(async () => {
      const isOurs = await this.insist(what, () => this.run(work));
      if (isOurs === false) this.lost();
    });
  }

  /** Goes on until it works: nobody else knows what became of the call. Resolves to undefined when that does not matter any more. */
  async insist<Result>(what: string, attempt: () => Promise<Result>): Promise<Result | undefined> {
    while (!this.isStopped) {
      try {
        return await attempt();
      } catch (error) {
        this.logger.error(`The database did not yet take ${what} of call ${this.call.id}`, error);
        await delay(AGAIN_MS, undefined, { ref: false });
      }
    }
    return undefined;
  }

  /** What is added later waits for this, which must not reject. */
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

  /** False when the row is gone, or held by another instance. */
  private run(work: (tx: Transaction, call: Call) => Promise<unknown>): Promise<boolean> {
    const where = { id: this.call.id, leaseOwner: this.call.leaseOwner ?? '' };
    return this.database.write(async (tx) => {
      const call = await tx.lock(Call, where);
      if (call) await work(tx, call);
      return call !== null;
    });
  }
}
