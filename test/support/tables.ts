import { TestApp } from './start-app.js';
import { isSqlite } from './test-database.js';

const TABLES = isSqlite()
  ? `SELECT name FROM sqlite_master WHERE type = 'table'`
  : `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()`;

/** Names of the tables with a row that has this text in any column. */
export async function tablesWith(service: TestApp, text: string): Promise<string[]> {
  const tables: { name: string }[] = await service.query(TABLES);
  const isIn = async ({ name }: { name: string }) =>
    JSON.stringify(await service.query(`SELECT * FROM ${name}`)).includes(text);
  const found = await Promise.all(tables.map(isIn));
  return tables
    .map(({ name }) => name)
    .filter((_, i) => found[i])
    .sort();
}
