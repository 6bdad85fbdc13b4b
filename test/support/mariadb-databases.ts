import { randomBytes } from 'node:crypto';
import { Connection, createConnection } from 'mysql2/promise';
import { getMetadataArgsStorage } from 'typeorm';
import { SCHEMA } from '../../src/schema.js';

declare const TEST_MARIADB_URL: string;
/** Begins the names of all databases of this run; what is left of them is dropped when it ends. */
declare const TEST_DATABASE_PREFIX: string;

async function withMariadb<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await createConnection(TEST_MARIADB_URL.replace(/^mariadb:/, 'mysql:'));
  try {
    return await work(connection);
  } finally {
    await connection.end();
  }
}

const nameOf = (url: string) => new URL(url).pathname.slice(1);

/** Makes a database without tables, and returns its URL. */
export async function createMariadb(): Promise<string> {
  const name = `${TEST_DATABASE_PREFIX}${randomBytes(6).toString('hex')}`;
  await withMariadb((connection) => connection.query(`CREATE DATABASE ${name}`));
  return `${TEST_MARIADB_URL}/${name}`;
}

export async function dropMariadb(url: string): Promise<void> {
  await withMariadb((connection) => connection.query(`DROP DATABASE ${nameOf(url)}`));
}

/** Tables of the entities; the one of the migrations keeps its rows. */
function tablesOfEntities(): string[] {
  const { tables } = getMetadataArgsStorage();
  return tables.filter(({ target }) => SCHEMA.entities.includes(target as never)).map(({ name }) => String(name));
}

/** Whatever a database has beside the tables and migrations of this build: a test's trigger or table, somebody still connected. */
async function extrasOf(connection: Connection, name: string): Promise<string[]> {
  const sql = `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ?
    UNION ALL SELECT trigger_name FROM information_schema.triggers WHERE trigger_schema = ?
    UNION ALL SELECT CONCAT('connection ', id) FROM information_schema.processlist WHERE db = ?
    UNION ALL SELECT name FROM ${name}.migrations`;
  const [rows] = await connection.query(sql, [name, name, name]);
  const expected = [
    'migrations',
    ...tablesOfEntities(),
    ...SCHEMA.migrations.map((migration) => String(new migration().name)),
  ];
  const found = (rows as { name: string }[]).map((row) => row.name);
  return [...found.filter((one) => !expected.includes(one)), ...expected.filter((one) => !found.includes(one))];
}

/** Removes all rows. False, and nothing is removed, when a test left the database other than it was. */
export function emptyMariadb(url: string): Promise<boolean> {
  const name = nameOf(url);
  return withMariadb(async (connection) => {
    if ((await extrasOf(connection, name).catch(() => ['no table'])).length > 0) return false;
    await connection.query('SET foreign_key_checks = 0');
    for (const table of tablesOfEntities()) await connection.query(`DELETE FROM ${name}.${table}`);
    return true;
  });
}
