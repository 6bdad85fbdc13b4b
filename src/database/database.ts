import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, OnApplicationShutdown } from '@nestjs/common';
import type { PoolConnection } from 'mysql2';
import { DataSource, QueryRunner } from 'typeorm';
import { isDatabaseUnavailable, isLockConflict } from './database-errors.js';
import { Rows } from './rows.js';
import { SqliteTurns } from './sqlite-turns.js';
import { Transaction } from './transaction.js';

const DEADLOCK_TRIES = 10;
/**
 * The only way to write. On SQLite, where TypeORM shares one connection among all requests, units of work take turns on a
 * connection of their own (sqlite-turns.ts), and the one that repositories read through is read-only: a stray write fails loudly instead of
 * landing in another request's transaction. On MariaDB and MySQL they run side by side on the pool, and again after a deadlock.
 */
@Injectable()
export class Database implements OnApplicationShutdown {
  /** Quick statements outside of units of work, for reading. */
  readonly rows: Rows;
  private readonly turns: SqliteTurns;

  constructor(
    readonly reader: DataSource,
    private readonly writer: DataSource,
  ) {
    this.rows = new Rows(reader.manager);
    this.turns = new SqliteTurns(writer);
  }

  get isSqlite(): boolean {
    return this.writer.options.type === 'better-sqlite3';
  }

  /** Runs `work` in one transaction. It may run again after a deadlock, so it touches nothing but the database and waits for nothing else. */
  async write<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    if (this.isSqlite) return this.turns.run(work);
    const { result, transaction } = await this.writeOnPool(work);
    transaction.runAfterCommit();
    return result;
  }

  /** True when the database answers and has every migration that this build knows. */
  async isReady(): Promise<boolean> {
    try {
      const done = await this.reader
        .createQueryBuilder()
        .select('name')
        .from('migrations', 'done')
        .getRawMany<{ name: string }>();
      const names = new Set(done.map((row) => row.name));
      return this.reader.migrations.every((migration) => names.has(String(migration.name)));
    } catch {
      return false;
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.turns.settled();
    if (this.writer !== this.reader && this.writer.isInitialized) await this.writer.destroy();
  }

  /** One statement that is a unit of work by itself: on MariaDB and MySQL it takes one trip to the server in place of three. */
  async writeAtOnce<Outcome>(statement: string, values: unknown[]): Promise<Outcome> {
    if (this.isSqlite) return this.write(({ manager }) => manager.query<Outcome>(statement, values));
    return this.untilNoConflict(() => this.writer.query<Outcome>(statement, values));
  }

  private writeOnPool<Result>(work: (transaction: Transaction) => Promise<Result>) {
    return this.untilNoConflict(() => this.tryOnPool(work));
  }

  /** Runs what had to yield to another transaction once more, after a pause that is never the same for both. */
  private async untilNoConflict<Result>(attempt: () => Promise<Result>): Promise<Result> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await attempt();
      } catch (error) {
        if (!isLockConflict(error) || tries === DEADLOCK_TRIES) throw error;
      }
      await delay(Math.random() * 10 * 2 ** Math.min(tries, 5));
    }
  }

  private async tryOnPool<Result>(work: (transaction: Transaction) => Promise<Result>) {
    const runner = this.writer.createQueryRunner();
    const connection = (await runner.connect()) as PoolConnection;
    try {
      await runner.startTransaction();
      const transaction = new Transaction(runner.manager);
      const result = await work(transaction);
      await runner.commitTransaction();
      return { result, transaction };
    } catch (error) {
      await this.abandon(runner, connection, error);
      throw error;
    } finally {
      await runner.release();
    }
  }

  /** Rolls back; a connection on which that is impossible must not go back to the pool with half a transaction in it. */
  private async abandon(runner: QueryRunner, connection: PoolConnection, cause: unknown): Promise<void> {
    if (isDatabaseUnavailable(cause) && !isLockConflict(cause)) connection.destroy();
    else await runner.rollbackTransaction().catch(() => connection.destroy());
  }
}
