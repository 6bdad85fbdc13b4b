import { setImmediate, setTimeout as delay } from 'node:timers/promises';
import { DataSource, QueryRunner } from 'typeorm';
import type { BetterSqlite3Driver } from 'typeorm/driver/better-sqlite3/BetterSqlite3Driver.js';
import { isBusy } from './database-errors.js';
import { prepareOnce } from './rows.js';
import type { SqliteConnection } from './sqlite-connection.js';
import { Transaction } from './transaction.js';

/** How long units of work wait for another process's write lock: about five seconds. */
const BUSY_TRIES = 200;
const BUSY_PAUSE_MS = 25;
/** Maximum number of units of work that share a commit, so that the first does not wait long for the last. */
const MAX_UNITS_PER_COMMIT = 32;

/** A unit of work in the queue. */
interface Unit {
  run(transaction: Transaction): Promise<void>;
  /** Resolves after the commit. */
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * Runs units of work on SQLite one after another. Waiting units share a transaction, because the sync to disk at its end is most of the cost
 * of a small write ("group commit"). Each has a savepoint, so that a failed unit is rolled back alone. A unit resolves only after the commit.
 */
export class SqliteTurns {
  private waiting: Unit[] = [];
  private working: Promise<void> | null = null;

  constructor(private readonly writer: DataSource) {}

  /** Queues `work`; resolves after its commit. */
  run<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      let result: Result;
      let transaction: Transaction;
      this.waiting.push({
        run: async (given) => {
          transaction = given;
          result = await work(given);
        },
        resolve: () => {
          transaction.runAfterCommit();
          resolve(result);
        },
        reject,
      });
      this.working ??= this.drainQueue();
    });
  }

  /** Resolves when the queue is empty. */
  async settled(): Promise<void> {
    while (this.working) await this.working;
  }

  private async drainQueue(): Promise<void> {
    while (this.waiting.length > 0) {
      // Lets requests that arrived at the same time join.
      await setImmediate();
      const units = this.waiting.splice(0, MAX_UNITS_PER_COMMIT);
      try {
        await this.commitTogether(units);
      } catch (error) {
        // Units that were settled before ignore this: a promise settles once.
        for (const unit of units) unit.reject(error);
      }
    }
    // Synchronously after the check of the queue, so that a unit queued next starts a new run.
    this.working = null;
  }

  /** Throws when the whole transaction was rolled back. */
  private async commitTogether(units: Unit[]): Promise<void> {
    const runner = this.writer.createQueryRunner() as QueryRunner & { isTransactionActive: boolean };
    await this.begin();
    // TypeORM's methods that begin a transaction (save, remove) join this one instead.
    runner.isTransactionActive = true;
    try {
      const done: Unit[] = [];
      for (const unit of units) if (await this.runAlone(unit)) done.push(unit);
      this.do('COMMIT');
      for (const unit of done) this.acknowledge(unit);
    } finally {
      runner.isTransactionActive = false;
      // SQLite has already rolled back when the disk is full or broken.
      if (this.connection.inTransaction) this.do('ROLLBACK');
    }
  }

  private acknowledge(unit: Unit): void {
    try {
      unit.resolve();
    } catch (error) {
      unit.reject(error);
    }
  }

  /** Returns false when the unit failed and was rolled back; throws when the whole transaction was. */
  private async runAlone(unit: Unit): Promise<boolean> {
    this.do('SAVEPOINT unit');
    try {
      await unit.run(new Transaction(this.writer.manager));
      this.do('RELEASE unit');
      return true;
    } catch (error) {
      unit.reject(error);
      if (!this.connection.inTransaction) throw error;
      this.do('ROLLBACK TO unit');
      this.do('RELEASE unit');
      return false;
    }
  }

  private get connection(): SqliteConnection {
    return (this.writer.driver as BetterSqlite3Driver).databaseConnection as SqliteConnection;
  }

  private do(statement: string): void {
    prepareOnce(this.connection, statement).run();
  }

  /** Takes the write lock, waiting asynchronously for another process; the driver would block the event loop. */
  private async begin(): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        this.do('BEGIN IMMEDIATE');
        return;
      } catch (error) {
        if (!isBusy(error) || tries === BUSY_TRIES) throw error;
        await delay(BUSY_PAUSE_MS);
      }
    }
  }
}
