import { Database } from '../../src/database/database.js';
import { TestApp } from '../support/start-app.js';

/** Takes tables away, all of them if none is named, while `work` runs. */
export async function withoutTables(service: TestApp, work: () => Promise<void>, ...names: string[]): Promise<void> {
  const database = service.app.get(Database);
  const all = [...database.reader.entityMetadatas.map(({ tableName }) => tableName), 'migrations'];
  const tables = names.length > 0 ? names : all;
  const rename = (from: string, to: string) =>
    database.write(({ manager }) => manager.query(`ALTER TABLE ${from} RENAME TO ${to}`));
  for (const table of tables) await rename(table, `${table}_away`);
  try {
    await work();
  } finally {
    for (const table of tables) await rename(`${table}_away`, table);
  }
}
