import { existsSync, readFileSync } from 'node:fs';
import { OperatorError } from '../common/operator-error.js';
import { appSecretFile } from '../config/app-secret.js';
import { Env } from '../config/env.js';
import { InvalidSettingsError, loadSettings, readDotEnv } from '../config/load-env.js';
import { isDatabaseUnavailable } from '../database/database-errors.js';

/** What every command reads of the settings. */
export const DATABASE_SETTINGS: (keyof Env)[] = ['DATABASE_URL', 'DATABASE_POOL_SIZE', 'DATABASE_TIMEOUT_MS'];

/** The settings of a command on a database that is there; throws OperatorError where there is none, and makes none. */
export function databaseSettings(more: (keyof Env)[] = []): Env {
  readDotEnv();
  const env = loadSettings([...DATABASE_SETTINGS, ...more]);
  if (env.sqliteFile !== undefined && !existsSync(env.sqliteFile)) {
    throw new OperatorError(
      `There is no database at ${env.sqliteFile}: set DATABASE_URL, or run the command in the service's folder.`,
    );
  }
  return env;
}

/** The same, with the secret of the service, which a command never makes. */
export function secretSettings(more: (keyof Env)[] = []): Env {
  const env = databaseSettings(['APP_SECRET', ...more]);
  const file = appSecretFile(env);
  if (env.APP_SECRET === undefined && !existsSync(file)) {
    throw new OperatorError('Set APP_SECRET to the secret of the service: there is none beside its database.');
  }
  env.APP_SECRET ??= readFileSync(file, 'utf8').trim();
  return env;
}

/** The one argument of a command that takes a file. */
export function fileArgument(usage: string): string {
  const [file, ...more] = process.argv.slice(2);
  if (!file || file.startsWith('-') || more.length > 0) throw new OperatorError(usage);
  return file;
}

/** The SQLite file; elsewhere the server's own command is named, which does it better. */
export function sqliteFileOf(env: Env, otherwise: string): string {
  if (env.sqliteFile !== undefined) return env.sqliteFile;
  throw new OperatorError(`On MariaDB and MySQL use the server's own command: ${otherwise}`);
}

function describe(error: unknown): string {
  if (error instanceof InvalidSettingsError) return `These settings are wrong: ${error.faults.join('; ')}.`;
  const { message, stack } = error as Error;
  if (error instanceof OperatorError) return message;
  return isDatabaseUnavailable(error) ? `The database does not answer: ${message}` : String(stack ?? error);
}

/** Runs a command; a failure is told on standard error, in one line where it is a foreseen one, and the exit code is 1. */
export async function runCommand(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    process.stderr.write(`${describe(error)}\n`);
    process.exitCode = 1;
  }
}
