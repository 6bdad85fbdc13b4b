import { DataSource } from 'typeorm';
import { loadEnv } from '../../src/config/load-env.js';
import { databaseOptions } from '../../src/database/database-options.js';
import { SCHEMA } from '../../src/schema.js';
import { TestDatabase } from './test-database.js';

/** Runs a statement on a database that no instance in this process has open; answers its rows. */
export async function queryDirectly(database: TestDatabase, statement: string): Promise<any[]> {
  const options = await databaseOptions(loadEnv({ DATABASE_URL: database.url }), SCHEMA);
  const dataSource = await new DataSource(options).initialize();
  try {
    return await dataSource.query<any[]>(statement);
  } finally {
    await dataSource.destroy();
  }
}
