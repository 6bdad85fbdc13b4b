import { DataSource } from 'typeorm';
import { readDotEnv } from './src/config/dot-env.js';
import { databaseOptions } from './src/database/database-options.js';
import { DatabaseSettings } from './src/database/database.settings.js';
import { SCHEMA } from './src/schema.js';
import { loadServiceSettings } from './src/settings.js';

readDotEnv();

const options = await databaseOptions(loadServiceSettings().get(DatabaseSettings), SCHEMA);

/** The service's data source for TypeORM's command line, which answers through TypeORM's own logger and has no time limits. */
export default new DataSource({
  ...options,
  ...(options.type !== 'better-sqlite3' && { driver: undefined }),
  logger: 'advanced-console',
});
