import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { databaseOptions } from '../database/database-options.js';
import { DatabaseSettings } from '../database/database.settings.js';
import { SCHEMA } from '../schema.js';
import { dropUnreadableRows } from '../secrets/sealed-rows.js';
import { markSecret } from '../secrets/secret-check.js';
import { Secrets } from '../secrets/secrets.js';
import { SecretsSettings } from '../secrets/secrets.settings.js';
import { refuseOtherSchema } from '../database/schema-version.js';
import { runCommand, secretSettings } from './command.js';

/** Words for the lost rows of a table: one, several, and what their loss means. */
const LOSSES: Record<string, [one: string, several: string, meaning: string]> = {
  signing_keys: ['signing key', 'signing keys', ': everybody has to log in again'],
  letters: [
    'e-mail that waited with a code or a link in it',
    'e-mails that waited with a code or a link in them',
    ': people have to ask for new ones',
  ],
};

function lossOf(table: string, count: number): string {
  const [one, several, meaning] = LOSSES[table] ?? [`row of ${table}`, `rows of ${table}`, ''];
  return `Dropped ${count} ${count === 1 ? one : several}${meaning}.\n`;
}

/**
 * `npm run secrets:drop-unreadable`: deletes what only a lost secret can decrypt, and makes the database belong to the current secret. Stop
 * the service first.
 */
async function dropUnreadable(): Promise<void> {
  const settings = secretSettings();
  const secrets = new Secrets(settings.get(SecretsSettings), settings.get(DatabaseSettings));
  const dataSource = await new DataSource(await databaseOptions(settings.get(DatabaseSettings), SCHEMA)).initialize();
  try {
    await refuseOtherSchema(dataSource);
    const dropped = await dataSource.transaction(async (manager) => {
      const counts = await dropUnreadableRows(manager, secrets);
      await markSecret(manager, secrets);
      return counts;
    });
    const lines = Object.entries(dropped).map(([table, count]) => lossOf(table, count));
    process.stdout.write(lines.join('') || 'Everything opens under APP_SECRET. Nothing was dropped.\n');
  } finally {
    await dataSource.destroy();
  }
}

await runCommand(dropUnreadable);
