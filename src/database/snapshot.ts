import type { PoolConnection } from 'mysql2';
import { DataSource, EntityManager } from 'typeorm';
import type { BetterSqlite3DataSourceOptions } from 'typeorm/driver/better-sqlite3/BetterSqlite3DataSourceOptions.js';

/** Reads the database as it was at one moment, without blocking writers. Close it after use. */
export interface Snapshot {
  readonly manager: EntityManager;
  close(): Promise<void>;
}

/** On a separate connection: SQLite has one transaction per connection. */
export async function openSqliteSnapshot(options: BetterSqlite3DataSourceOptions): Promise<Snapshot> {
  const own = await new DataSource({ ...options, readonly: true }).initialize();
  try {
    await own.query('BEGIN');
    // The snapshot begins with the first read.
    await own.query('SELECT 1 FROM migrations LIMIT 1');
  } catch (error) {
    await own.destroy();
    throw error;
  }
  return { manager: own.manager, close: () => own.destroy() };
}

/** On a pooled connection, which must not return to the pool with the open transaction. */
export async function openPoolSnapshot(pool: DataSource): Promise<Snapshot> {
  const runner = pool.createQueryRunner();
  const connection = (await runner.connect()) as PoolConnection;
  const close = async () => {
    await runner.query('ROLLBACK').catch(() => connection.destroy());
    await runner.release();
  };
  try {
    await runner.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
    await runner.query('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY');
  } catch (error) {
    await close();
    throw error;
  }
  return { manager: runner.manager, close };
}
