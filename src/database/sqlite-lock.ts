import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { OperatorError } from '../common/operator-error.js';
import { isBusy } from './database-errors.js';
import { makePrivateFile, makePrivateFolder } from './private-file.js';

/** A process that is ending keeps the file for a moment. */
const TRIES = 20;
const PAUSE_MS = 100;

/** The right to serve a SQLite file; one process has it at a time. */
export interface SqliteLock {
  release(): void;
}

/**
 * Takes the right to serve a SQLite file; returns null when another process has it. It is SQLite's lock on a file beside the database, which
 * the operating system releases when the process ends in any way.
 */
export async function lockSqliteFile(file: string, tries = TRIES): Promise<SqliteLock | null> {
  makePrivateFolder(dirname(file));
  makePrivateFile(`${file}.lock`);
  const { SqliteConnection } = await import('./sqlite-connection.js');
  const connection = new SqliteConnection(`${file}.lock`, { timeout: 0 });
  for (let tried = 1; ; tried += 1) {
    try {
      connection.exec('BEGIN EXCLUSIVE');
      return { release: () => connection.close() };
    } catch (error) {
      if (!isBusy(error)) throw error;
    }
    if (tried >= tries) break;
    await delay(PAUSE_MS);
  }
  connection.close();
  return null;
}

/** Referenced until the end: a garbage-collected connection is closed and loses its lock. */
let kept: SqliteLock | null = null;

/** Takes the right to serve the file until this process ends. Throws OperatorError when another process has it. */
export async function keepSqliteFile(file: string): Promise<void> {
  kept = await lockSqliteFile(file);
  if (kept) return;
  throw new OperatorError(
    `Another process serves the database ${file}: SQLite carries one. Stop it first, or use MariaDB for several instances.`,
  );
}
