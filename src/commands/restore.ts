import { copyFileSync, existsSync, renameSync } from 'node:fs';
import { resolve } from 'node:path';
import { DataSource } from 'typeorm';
import { OperatorError } from '../common/operator-error.js';
import { databaseOptions } from '../database/database-options.js';
import { DatabaseSettings } from '../database/database.settings.js';
import { makePrivateFile } from '../database/private-file.js';
import { checkDatabaseFile, refuseNewerFile } from '../database/sqlite-backup.js';
import { lockSqliteFile } from '../database/sqlite-lock.js';
import { SCHEMA } from '../schema.js';
import { commandSettings, fileArgument, runCommand, sqliteFileOf } from './command.js';

const USAGE = 'Usage: npm run restore -- FILE';
const ON_MARIADB = 'mariadb DATABASE < FILE';

/** The database file and its write-ahead log. */
function putAside(file: string, suffix: string): void {
  for (const part of [file, `${file}-wal`, `${file}-shm`]) {
    if (existsSync(part)) renameSync(part, part.replace(file, `${file}${suffix}`));
  }
}

/** `npm run restore -- FILE`: replaces the SQLite database by a backup, and keeps the old one beside it. Stop the service first. */
async function restore(): Promise<void> {
  const source = resolve(fileArgument(USAGE));
  const settings = commandSettings(DatabaseSettings).get(DatabaseSettings);
  const target = sqliteFileOf(settings, ON_MARIADB);
  if (!existsSync(source)) throw new OperatorError(`There is no file ${source}.`);
  await checkDatabaseFile(source);
  const options = { ...(await databaseOptions(settings, SCHEMA)), database: source, readonly: true, enableWAL: false };
  await refuseNewerFile(new DataSource(options));
  const lock = await lockSqliteFile(target, 1);
  if (!lock) throw new OperatorError(`A process serves the database ${target}. Stop it first.`);
  try {
    makePrivateFile(`${target}.restored`);
    copyFileSync(source, `${target}.restored`);
    const suffix = `.before-restore-${new Date().toISOString().replace(/[:.]/g, '-')}`;
    putAside(target, suffix);
    renameSync(`${target}.restored`, target);
    process.stdout.write(
      `The backup is restored. What was there before is kept as ${target}${suffix}, if anything was.\n`,
    );
  } finally {
    lock.release();
  }
}

await runCommand(restore);
