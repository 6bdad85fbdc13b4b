import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { OperatorError } from '../common/operator-error.js';
import { checkCollation } from './collation.js';
import { isBusy, isUnusableFile } from './database-errors.js';
import { DatabaseOptions } from './database-options.js';
import { makePrivateFile, makePrivateFolder } from './private-file.js';
import { refuseNewerSchema } from './schema-version.js';

/** How long an instance waits for another instance's migrations. */
const LOCK_WAIT_SECONDS = 60;
const FILE_LOCK_PAUSE_MS = 50;

/** Instances take turns with a lock of the server, which is released with its connection, also when an instance is killed. */
async function underServerLock(dataSource: DataSource, work: () => Promise<void>): Promise<void> {
  const runner = dataSource.createQueryRunner();
  const lock = "CONCAT('talkstack-migrate-', MD5(DATABASE()))";
  try {
    let taken = false;
    for (let tries = 0; !taken; tries += 1) {
      if (tries === LOCK_WAIT_SECONDS) throw new Error('Another instance holds the migration lock for too long.');
      const rows = (await runner.query(`SELECT GET_LOCK(${lock}, 1) AS taken`)) as { taken: number | string | null }[];
      taken = Number(rows[0].taken) === 1;
    }
    await work();
    await runner.query(`SELECT RELEASE_LOCK(${lock})`);
  } finally {
    await runner.release();
  }
}

/** Waits asynchronously while another process has the file; the driver would block the event loop. */
async function whenFileIsFree(work: () => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await work();
      return;
    } catch (error) {
      if (!isBusy(error) || tries * FILE_LOCK_PAUSE_MS > LOCK_WAIT_SECONDS * 1000) throw error;
      await delay(FILE_LOCK_PAUSE_MS);
    }
  }
}

/** One transaction that locks the whole file: DDL is transactional on SQLite, so an interrupted migration leaves nothing behind. */
async function underFileLock(dataSource: DataSource, work: () => Promise<void>): Promise<void> {
  await whenFileIsFree(() => dataSource.query('BEGIN EXCLUSIVE'));
  try {
    await work();
    await dataSource.query('COMMIT');
  } catch (error) {
    await dataSource.query('ROLLBACK');
    throw error;
  }
}

/** Separate connections without the service's time limits, which could interrupt the change of a large table. */
async function open(options: DatabaseOptions): Promise<DataSource> {
  if (options.type !== 'better-sqlite3') {
    return new DataSource({ ...options, driver: undefined, poolSize: 2 }).initialize();
  }
  makePrivateFolder(dirname(options.database));
  makePrivateFile(options.database);
  const dataSource = new DataSource({ ...options, timeout: 0 });
  try {
    await whenFileIsFree(() => dataSource.initialize());
  } catch (error) {
    if (!isUnusableFile(error)) throw error;
    throw new OperatorError(`The SQLite database ${options.database} cannot be opened: ${(error as Error).message}`);
  }
  return dataSource;
}

/** Applies missing migrations, or reverts the last one. Safe when many instances start at once. */
export async function migrate(options: DatabaseOptions, direction: 'up' | 'down' = 'up'): Promise<void> {
  const isSqlite = options.type === 'better-sqlite3';
  const dataSource = await open(options);
  try {
    await (isSqlite ? underFileLock : underServerLock)(dataSource, async () => {
      await refuseNewerSchema(dataSource);
      const how = { transaction: isSqlite ? 'none' : 'each' } as const;
      if (direction === 'up') await dataSource.runMigrations(how);
      else await dataSource.undoLastMigration(how);
    });
    if (direction === 'up') await checkCollation(dataSource);
  } finally {
    await dataSource.destroy();
  }
}
