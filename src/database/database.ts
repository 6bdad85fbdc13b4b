import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, OnApplicationShutdown } from '@nestjs/common';
import type { PoolConnection } from 'mysql2';
import { DataSource, QueryRunner } from 'typeorm';
import { isDatabaseUnavailable, isLockConflict } from './database-errors.js';
import { Rows } from './rows.js';
import { openPoolSnapshot, openSqliteSnapshot, type Snapshot } from './snapshot.js';
import { SqliteTurns } from './sqlite-turns.js';
import { Transaction } from './transaction.js';

const DEADLOCK_TRIES = 10;
/** For so long after a successful write the database counts as writable. */
const WRITABLE_MS = 5000;
/**
 * The only way to write. On SQLite, where TypeORM shares one connection among all requests, units of work take turns on a separate connection
 * (sqlite-turns.ts), and repositories read through a read-only one: a stray write fails instead of joining another request's transaction. On
 * MariaDB and MySQL units run concurrently on the pool, and again after a deadlock.
 */
@Injectable()
export class Database implements OnApplicationShutdown {
  /** Fast statements outside of units of work, for reading. To write, use `writeAtOnce`. */
  readonly rows: Rows;
  private readonly turns: SqliteTurns;
  /** Time of the last successful write, by the monotonic clock; undefined while writes fail. */
  private writtenAt?: number;
  private readonly snapshots = new Set<Snapshot>();

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

  /** Runs `work` in one transaction, and again after a deadlock: it must neither change nor wait for anything but the database. */
  write<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    return this.noting(() => (this.isSqlite ? this.turns.run(work) : this.writeOnPool(work)));
  }

  /** Snapshots that are not closed yet. */
  get openSnapshots(): number {
    return this.snapshots.size;
  }

  /** For long reads that need one consistent state. */
  async openSnapshot(): Promise<Snapshot> {
    const { options } = this.reader;
    const isSqlite = options.type === 'better-sqlite3';
    const opened = isSqlite ? await openSqliteSnapshot(options) : await openPoolSnapshot(this.reader);
    const snapshot: Snapshot = {
      manager: opened.manager,
      close: async () => {
        if (this.snapshots.delete(snapshot)) await opened.close();
      },
    };
    this.snapshots.add(snapshot);
    return snapshot;
  }

  /** Whether the database responds, has all migrations of this build, and accepts writes. */
  async isReady(): Promise<boolean> {
    try {
      const done = await this.reader
        .createQueryBuilder()
        .select('name')
        .from('migrations', 'done')
        .getRawMany<{ name: string }>();
      const names = new Set(done.map((row) => row.name));
      const isMigrated = this.reader.migrations.every((migration) => names.has(String(migration.name)));
      return isMigrated && (await this.isWritable());
    } catch {
      return false;
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.turns.settled();
    for (const snapshot of [...this.snapshots]) await snapshot.close();
    if (this.writer !== this.reader && this.writer.isInitialized) await this.writer.destroy();
  }

  /** Runs a single statement as a unit of work: on MariaDB and MySQL one round trip instead of three. */
  writeAtOnce<Result>(work: (rows: Rows) => Promise<Result>): Promise<Result> {
    if (this.isSqlite) return this.write(({ rows }) => work(rows));
    return this.noting(() => this.untilNoConflict(() => work(this.rows)));
  }

  /** Writes and removes a row, unless a write has just succeeded: a full disk shows only when something is written. */
  private async isWritable(): Promise<boolean> {
    if (this.writtenAt !== undefined && performance.now() - this.writtenAt < WRITABLE_MS) return true;
    await this.write(async ({ manager }) => {
      await manager.query("INSERT INTO migrations (timestamp, name) VALUES (0, 'health check')");
      await manager.query("DELETE FROM migrations WHERE name = 'health check'");
    });
    return true;
  }

  /** Records whether the write succeeded. */
  private async noting<Result>(writing: () => Promise<Result>): Promise<Result> {
    try {
      const result = await writing();
      this.writtenAt = performance.now();
      return result;
    } catch (error) {
      if (isDatabaseUnavailable(error)) this.writtenAt = undefined;
      throw error;
    }
  }

  private async writeOnPool<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    const { result, transaction } = await this.untilNoConflict(() => this.tryOnPool(work));
    transaction.runAfterCommit();
    return result;
  }

  /** Repeats a unit of work after a deadlock, after a random pause. */
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

  /** Rolls back. When that fails, the connection must not return to the pool with half a transaction. */
  private async abandon(runner: QueryRunner, connection: PoolConnection, cause: unknown): Promise<void> {
    if (isDatabaseUnavailable(cause) && !isLockConflict(cause)) connection.destroy();
    else await runner.rollbackTransaction().catch(() => connection.destroy());
  }
}
