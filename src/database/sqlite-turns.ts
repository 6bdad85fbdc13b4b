import { setImmediate, setTimeout as delay } from 'node:timers/promises';
import { DataSource, QueryRunner } from 'typeorm';
import type { BetterSqlite3Driver } from 'typeorm/driver/better-sqlite3/BetterSqlite3Driver.js';
import { isBusy } from './database-errors.js';
import { prepareOnce } from './rows.js';
import type { SqliteConnection } from './sqlite-connection.js';
import { Transaction } from './transaction.js';

/** How long another process may keep SQLite's write lock before units of work give up: about five seconds. */
const BUSY_TRIES = 200;
const BUSY_PAUSE_MS = 25;
/** Units of work that share a commit at most, so that the first one need not wait long for the last. */
const MOST_TOGETHER = 32;

/** A unit of work in the queue. */
interface Unit {
  run(transaction: Transaction): Promise<void>;
  /** It is committed. */
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * Units of work on SQLite, one after another. Those that wait together share a transaction, for the sync to disk at its end is what a
 * small write costs most ("group commit"); each has a savepoint, so that one that fails is undone alone. None is answered before the
 * commit that makes it last.
 */
export class SqliteTurns {
  private waiting: Unit[] = [];
  private working: Promise<void> | null = null;

  constructor(private readonly writer: DataSource) {}

  /** Runs `work` in its turn; resolves after its commit. */
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
      this.working ??= this.workOff();
    });
  }

  /** Resolves when nobody waits any more. */
  async settled(): Promise<void> {
    while (this.working) await this.working;
  }

  private async workOff(): Promise<void> {
    while (this.waiting.length > 0) {
      // Requests that arrived at the same moment join before the turn begins.
      await setImmediate();
      const units = this.waiting.splice(0, MOST_TOGETHER);
      try {
        await this.commitTogether(units);
      } catch (error) {
        // Whoever was told already cannot be told again; a promise settles once.
        for (const unit of units) unit.reject(error);
      }
    }
    // In the same step as the look at the queue: who comes a step later must not be told that somebody works it off.
    this.working = null;
  }

  /** Throws when nothing of it lasts. */
  private async commitTogether(units: Unit[]): Promise<void> {
    const runner = this.writer.createQueryRunner() as QueryRunner & { isTransactionActive: boolean };
    await this.begin();
    // TypeORM's own methods that would begin a transaction (save, remove) join this one instead.
    runner.isTransactionActive = true;
    try {
      const done: Unit[] = [];
      for (const unit of units) if (await this.runAlone(unit)) done.push(unit);
      this.do('COMMIT');
      for (const unit of done) this.acknowledge(unit);
    } finally {
      runner.isTransactionActive = false;
      // SQLite has rolled back by itself when the disk is full or broken.
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

  /** False when the unit failed and was undone; throws when the whole transaction is gone with it. */
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

  /** Takes the write lock. The driver would wait for another process with the whole event loop standing still; this waits beside it. */
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
