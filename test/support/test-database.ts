import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';

declare const TEST_DATABASE: 'sqlite' | 'mariadb';
declare const TEST_MARIADB_URL: string;

/** A database of its own for one test file, on whichever database the run is about. */
export interface TestDatabase {
  url: string;
  drop(): Promise<void>;
}

export const isSqlite = (): boolean => TEST_DATABASE === 'sqlite';

async function createMariadb(): Promise<TestDatabase> {
  const name = `talkstack_test_${randomBytes(6).toString('hex')}`;
  const run = async (statement: string): Promise<void> => {
    const connection = await createConnection(TEST_MARIADB_URL.replace(/^mariadb:/, 'mysql:'));
    await connection.query(statement);
    await connection.end();
  };
  await run(`CREATE DATABASE ${name}`);
  return { url: `${TEST_MARIADB_URL}/${name}`, drop: () => run(`DROP DATABASE ${name}`) };
}

/** Linux has a folder in memory: nobody waits there for a disk, and a test's database need not survive a power cut. */
const MEMORY_FOLDER = '/dev/shm';

function createSqlite(): TestDatabase {
  const parent = existsSync(MEMORY_FOLDER) ? MEMORY_FOLDER : tmpdir();
  const folder = mkdtempSync(join(parent, 'talkstack-test-'));
  return {
    url: `sqlite:${join(folder, 'test.db')}`,
    drop: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

export async function createTestDatabase(): Promise<TestDatabase> {
  return isSqlite() ? createSqlite() : createMariadb();
}
