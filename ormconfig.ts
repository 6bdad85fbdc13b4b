import { DataSource } from 'typeorm';
import { loadEnv, readDotEnv } from './src/config/load-env.js';
import { databaseOptions } from './src/database/database-options.js';
import { SCHEMA } from './src/schema.js';

readDotEnv();

const options = await databaseOptions(loadEnv(), SCHEMA);

/** The service's data source for TypeORM's command line, which answers through TypeORM's own logger and has no time limits. */
export default new DataSource({
  ...options,
  ...(options.type !== 'better-sqlite3' && { driver: undefined }),
  logger: 'advanced-console',
});
