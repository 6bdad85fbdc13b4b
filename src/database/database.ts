import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, OnApplicationShutdown } from '@nestjs/common';
import type { PoolConnection } from 'mysql2';
import { DataSource, EntityManager, EntityTarget, FindOptionsWhere, ObjectLiteral, QueryRunner } from 'typeorm';
import type { IsolationLevel } from 'typeorm/driver/types/IsolationLevel.js';
import { isBusy, isDatabaseUnavailable, isLockConflict } from './database-errors.js';

const DEADLOCK_TRIES = 10;
/** How long another process may keep SQLite's write lock before a unit of work gives up: about five seconds. */
const BUSY_TRIES = 200;
const BUSY_PAUSE_MS = 25;

/** One unit of work on the database: all of it is committed, or none. */
export class Transaction {
  private readonly whenCommitted: (() => void)[] = [];

  constructor(readonly manager: EntityManager) {}

  /** Finds a row and keeps other units of work from it until the end of this one. */
  lock<Row extends ObjectLiteral>(entity: EntityTarget<Row>, where: FindOptionsWhere<Row>): Promise<Row | null> {
    // SQLite lets one unit of work in at a time, so there the row is locked already.
    const isSqlite = this.manager.dataSource.options.type === 'better-sqlite3';
    return this.manager.findOne(entity, { where, ...(!isSqlite && { lock: { mode: 'pessimistic_write' } }) });
  }

  /** Runs after the commit, and not at all when there is none: for caches and for waking workers. */
  afterCommit(action: () => void): void {
    this.whenCommitted.push(action);
  }

  runAfterCommit(): void {
    for (const action of this.whenCommitted) action();
  }
}

/**
 * The only way to write. On SQLite, where TypeORM shares one connection among all requests, units of work take turns on a
 * connection of their own, and the one that repositories read through is read-only: a stray write fails loudly instead of
 * landing in another request's transaction. On MariaDB and MySQL they run side by side on the pool, and again after a deadlock.
 */
@Injectable()
export class Database implements OnApplicationShutdown {
  private lastTurn: Promise<unknown> = Promise.resolve();

  constructor(
    readonly reader: DataSource,
    private readonly writer: DataSource,
  ) {}

  get isSqlite(): boolean {
    return this.writer.options.type === 'better-sqlite3';
  }

  /** Runs `work` in one transaction. It may run again after a deadlock, so it touches nothing but the database and waits for nothing else. */
  write<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    return this.unitOfWork(work);
  }

  /** The same, and all that `work` reads is as it was at one moment, whatever others write meanwhile: for long readings. */
  writeOnSnapshot<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    return this.unitOfWork(work, 'REPEATABLE READ');
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
    await this.lastTurn.catch(() => undefined);
    if (this.writer !== this.reader && this.writer.isInitialized) await this.writer.destroy();
  }

  /** On SQLite nobody else writes during a turn, so it reads from a snapshot anyway. */
  private async unitOfWork<Result>(
    work: (transaction: Transaction) => Promise<Result>,
    isolation?: IsolationLevel,
  ): Promise<Result> {
    const { result, transaction } = await (this.isSqlite ? this.writeInTurn(work) : this.writeOnPool(work, isolation));
    transaction.runAfterCommit();
    return result;
  }

  private writeInTurn<Result>(work: (transaction: Transaction) => Promise<Result>) {
    const turn = this.lastTurn.then(async () => {
      const runner = this.writer.createQueryRunner() as QueryRunner & { isTransactionActive: boolean };
      await this.begin(runner);
      // TypeORM's own methods that would begin a transaction (save, remove) join this one instead.
      runner.isTransactionActive = true;
      try {
        const transaction = new Transaction(this.writer.manager);
        const result = await work(transaction);
        await runner.query('COMMIT');
        return { result, transaction };
      } catch (error) {
        // SQLite has rolled back by itself when the disk is full or broken; then there is nothing left to roll back.
        await runner.query('ROLLBACK').catch(() => undefined);
        throw error;
      } finally {
        runner.isTransactionActive = false;
      }
    });
    this.lastTurn = turn.catch(() => undefined);
    return turn;
  }

  /** Takes the write lock. The driver would wait for another process with the whole event loop standing still; this waits beside it. */
  private async begin(runner: QueryRunner): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        await runner.query('BEGIN IMMEDIATE');
        return;
      } catch (error) {
        if (!isBusy(error) || tries === BUSY_TRIES) throw error;
        await delay(BUSY_PAUSE_MS);
      }
    }
  }

  private async writeOnPool<Result>(work: (transaction: Transaction) => Promise<Result>, isolation?: IsolationLevel) {
    for (let tries = 1; ; tries += 1) {
      const runner = this.writer.createQueryRunner();
      const connection = (await runner.connect()) as PoolConnection;
      try {
        await runner.startTransaction(isolation);
        const transaction = new Transaction(runner.manager);
        const result = await work(transaction);
        await runner.commitTransaction();
        return { result, transaction };
      } catch (error) {
        await this.abandon(runner, connection, error);
        if (!isLockConflict(error) || tries === DEADLOCK_TRIES) throw error;
      } finally {
        await runner.release();
      }
      await delay(Math.random() * 10 * 2 ** Math.min(tries, 5));
    }
  }

  /** Rolls back; a connection on which that is impossible must not go back to the pool with half a transaction in it. */
  private async abandon(runner: QueryRunner, connection: PoolConnection, cause: unknown): Promise<void> {
    if (isDatabaseUnavailable(cause) && !isLockConflict(cause)) connection.destroy();
    else await runner.rollbackTransaction().catch(() => connection.destroy());
  }
}
