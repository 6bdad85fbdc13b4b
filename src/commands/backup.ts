import { existsSync, renameSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { OperatorError } from '../common/operator-error.js';
import { appSecretFile } from '../secrets/app-secret.js';
import { DatabaseSettings } from '../database/database.settings.js';
import { makePrivateFile } from '../database/private-file.js';
import { checkDatabaseFile, copyDatabase } from '../database/sqlite-backup.js';
import { databaseSettings, fileArgument, runCommand, sqliteFileOf } from './command.js';

const USAGE = 'Usage: npm run backup -- FILE';
const ON_MARIADB = 'mariadb-dump --single-transaction --default-character-set=utf8mb4 --result-file=FILE DATABASE';

/** `npm run backup -- FILE`: makes a consistent copy of the SQLite database, also while the service runs. */
async function backup(): Promise<void> {
  const target = resolve(fileArgument(USAGE));
  const settings = databaseSettings().get(DatabaseSettings);
  const source = sqliteFileOf(settings, ON_MARIADB);
  if (existsSync(target)) throw new OperatorError(`There is a file ${target} already; a backup overwrites none.`);
  // Under another name until it is complete, so that an interrupted backup is not mistaken for one.
  const draft = `${target}.partial`;
  rmSync(draft, { force: true });
  makePrivateFile(draft);
  try {
    await copyDatabase(source, draft);
    await checkDatabaseFile(draft);
    renameSync(draft, target);
  } finally {
    rmSync(draft, { force: true });
  }
  const secret = existsSync(appSecretFile(settings)) ? appSecretFile(settings) : 'APP_SECRET';
  process.stdout.write(`The database is backed up. It is of use only with the secret: keep ${secret} too.\n`);
}

await runCommand(backup);
