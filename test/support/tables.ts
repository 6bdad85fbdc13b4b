import { TestApp } from './start-app.js';
import { isSqlite } from './test-database.js';

const TABLES = isSqlite()
  ? `SELECT name FROM sqlite_master WHERE type = 'table'`
  : `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()`;

/** Every row of every table, by the name of the table. */
export async function everyRow(service: TestApp): Promise<Record<string, unknown[]>> {
  const tables: { name: string }[] = await service.query(TABLES);
  const rowsOf = async ({ name }: { name: string }) => [name, await service.query(`SELECT * FROM ${name}`)];
  return Object.fromEntries(await Promise.all(tables.map(rowsOf)));
}

/** Names of the tables with a row that has this text in any column. */
export async function tablesWith(service: TestApp, text: string): Promise<string[]> {
  const tables = Object.entries(await everyRow(service));
  return tables
    .filter(([, rows]) => JSON.stringify(rows).includes(text))
    .map(([name]) => name)
    .sort();
}
