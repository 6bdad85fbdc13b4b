import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { databaseOptions } from '../../src/database/database-options.js';
import { DatabaseSettings } from '../../src/database/database.settings.js';
import { migrate } from '../../src/database/migrate.js';
import { SCHEMA } from '../../src/schema.js';
import { loadServiceSettings } from '../../src/settings.js';
import { createMariadb, dropMariadb, emptyMariadb } from './mariadb-databases.js';

declare const TEST_DATABASE: 'sqlite' | 'mariadb';

/** A database of its own for one test file, on whichever database the run is about. */
export interface TestDatabase {
  url: string;
  drop(): Promise<void>;
}

export const isSqlite = (): boolean => TEST_DATABASE === 'sqlite';

/** What the files of one process share, each of which has this module to itself. */
interface Shared {
  /** A SQLite file with all tables. */
  template?: Buffer;
  /** URLs of databases on MariaDB with all tables and no rows. */
  empty: string[];
}
const shared = ((globalThis as { testDatabases?: Shared }).testDatabases ??= { empty: [] });

/** Linux has a folder in memory: nobody waits there for a disk, and a test's database need not survive a power cut. */
const MEMORY_FOLDER = '/dev/shm';

function createSqlite(): TestDatabase & { file: string } {
  const parent = existsSync(MEMORY_FOLDER) ? MEMORY_FOLDER : tmpdir();
  const folder = mkdtempSync(join(parent, 'talkstack-test-'));
  const file = join(folder, 'test.db');
  return { file, url: `sqlite:${file}`, drop: async () => rmSync(folder, { recursive: true, force: true }) };
}

/** A database without tables. */
export async function createTestDatabase(): Promise<TestDatabase> {
  if (isSqlite()) return createSqlite();
  const url = await createMariadb();
  return { url, drop: () => dropMariadb(url) };
}

async function migratedFile(): Promise<Buffer> {
  const scratch = createSqlite();
  await migrate(
    await databaseOptions(loadServiceSettings({ DATABASE_URL: scratch.url }).get(DatabaseSettings), SCHEMA),
  );
  const template = readFileSync(scratch.file);
  await scratch.drop();
  return template;
}

/**
 * A database that has its tables already: making them takes longer than most stories, on MariaDB a second in which nobody works. On
 * MariaDB the first service makes them; the emptied database then serves the next file.
 */
export async function createMigratedDatabase(): Promise<TestDatabase> {
  if (isSqlite()) {
    shared.template ??= await migratedFile();
    const database = createSqlite();
    writeFileSync(database.file, shared.template, { mode: 0o600 });
    return database;
  }
  const url = shared.empty.pop() ?? (await createMariadb());
  const drop = async () => {
    if (await emptyMariadb(url)) shared.empty.push(url);
    else await dropMariadb(url);
  };
  return { url, drop };
}
