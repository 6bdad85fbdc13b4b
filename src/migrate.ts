import { commandSettings, runCommand } from './commands/command.js';
import { databaseOptions } from './database/database-options.js';
import { DatabaseSettings } from './database/database.settings.js';
import { migrate } from './database/migrate.js';
import { SCHEMA } from './schema.js';

/** `npm run migrate` applies all migrations, `npm run migrate:revert` takes the last one back. */
async function run(direction: 'up' | 'down'): Promise<void> {
  await migrate(await databaseOptions(commandSettings(DatabaseSettings).get(DatabaseSettings), SCHEMA), direction);
  process.stdout.write(direction === 'up' ? 'All migrations are applied.\n' : 'The last migration is reverted.\n');
}

await runCommand(() => run(process.argv[2] === 'down' ? 'down' : 'up'));
