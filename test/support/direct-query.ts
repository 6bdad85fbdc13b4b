import { DataSource } from 'typeorm';
import { databaseOptions } from '../../src/database/database-options.js';
import { DatabaseSettings } from '../../src/database/database.settings.js';
import { SCHEMA } from '../../src/schema.js';
import { loadServiceSettings } from '../../src/settings.js';
import { TestDatabase } from './test-database.js';

/** Runs a statement on a database that no instance in this process has open; answers its rows. */
export async function queryDirectly(database: TestDatabase, statement: string): Promise<any[]> {
  const options = await databaseOptions(
    loadServiceSettings({ DATABASE_URL: database.url }).get(DatabaseSettings),
    SCHEMA,
  );
  const dataSource = await new DataSource(options).initialize();
  try {
    return await dataSource.query<any[]>(statement);
  } finally {
    await dataSource.destroy();
  }
}
