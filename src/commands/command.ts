import { existsSync, readFileSync } from 'node:fs';
import { OperatorError } from '../common/operator-error.js';
import { readDotEnv } from '../config/dot-env.js';
import { InvalidSettingsError } from '../config/invalid-settings-error.js';
import { loadNeeded, strangeSettings } from '../config/load-settings.js';
import { Settings, SettingsType } from '../config/settings.js';
import { isDatabaseUnavailable } from '../database/database-errors.js';
import { DatabaseSettings } from '../database/database.settings.js';
import { appSecretFile } from '../secrets/app-secret.js';
import { SecretsSettings } from '../secrets/secrets.settings.js';
import { SETTINGS } from '../settings.js';

/** Reads the settings that a command needs, from the environment and `.env`; others keep their defaults. */
export function commandSettings(...needed: SettingsType[]): Settings {
  readDotEnv();
  const strange = strangeSettings(SETTINGS);
  if (strange.length > 0) process.stderr.write(`No settings of the service, and ignored: ${strange.join(', ')}\n`);
  return loadNeeded(needed, SETTINGS);
}

/** The same for a command on an existing database. Throws OperatorError when there is none. */
export function databaseSettings(...more: SettingsType[]): Settings {
  const settings = commandSettings(DatabaseSettings, ...more);
  const { sqliteFile } = settings.get(DatabaseSettings);
  if (sqliteFile !== undefined && !existsSync(sqliteFile)) {
    throw new OperatorError(
      `There is no database at ${sqliteFile}: set DATABASE_URL, or run the command in the service's folder.`,
    );
  }
  return settings;
}

/** The same with the secret of the service, which a command never creates. */
export function secretSettings(...more: SettingsType[]): Settings {
  const settings = databaseSettings(SecretsSettings, ...more);
  const secrets = settings.get(SecretsSettings);
  const file = appSecretFile(settings.get(DatabaseSettings));
  if (secrets.APP_SECRET === undefined && !existsSync(file)) {
    throw new OperatorError('Set APP_SECRET to the secret of the service: there is none beside its database.');
  }
  secrets.APP_SECRET ??= readFileSync(file, 'utf8').trim();
  return settings;
}

/** The one argument of a command that takes a file. */
export function fileArgument(usage: string): string {
  const [file, ...more] = process.argv.slice(2);
  if (!file || file.startsWith('-') || more.length > 0) throw new OperatorError(usage);
  return file;
}

/** The SQLite file. For other databases it throws, and names the server's own command. */
export function sqliteFileOf({ sqliteFile }: DatabaseSettings, otherwise: string): string {
  if (sqliteFile !== undefined) return sqliteFile;
  throw new OperatorError(`On MariaDB and MySQL use the server's own command: ${otherwise}`);
}

function describe(error: unknown): string {
  if (error instanceof InvalidSettingsError) return `These settings are wrong: ${error.faults.join('; ')}.`;
  const { message, stack } = error as Error;
  if (error instanceof OperatorError) return message;
  return isDatabaseUnavailable(error) ? `The database does not answer: ${message}` : String(stack ?? error);
}

/** Runs a command. A failure exits with 1 and is printed to standard error; an OperatorError in one line. */
export async function runCommand(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    process.stderr.write(`${describe(error)}\n`);
    process.exitCode = 1;
  }
}
