import { DATABASE_SETTINGS, runCommand } from './commands/command.js';
import { loadSettings, readDotEnv } from './config/load-env.js';
import { databaseOptions } from './database/database-options.js';
import { migrate } from './database/migrate.js';
import { SCHEMA } from './schema.js';

/** `npm run migrate` applies all migrations, `npm run migrate:revert` takes the last one back. */
async function run(direction: 'up' | 'down'): Promise<void> {
  readDotEnv();
  await migrate(await databaseOptions(loadSettings(DATABASE_SETTINGS), SCHEMA), direction);
  process.stdout.write(direction === 'up' ? 'All migrations are applied.\n' : 'The last migration is reverted.\n');
}

await runCommand(() => run(process.argv[2] === 'down' ? 'down' : 'up'));
