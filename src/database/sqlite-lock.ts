import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { OperatorError } from '../common/operator-error.js';
import { isBusy } from './database-errors.js';
import { makePrivateFile, makePrivateFolder } from './private-file.js';

/** A process that is just ending still has the file for a moment. */
const TRIES = 20;
const PAUSE_MS = 100;

/** The right to serve a SQLite file, which one process has at a time. */
export interface SqliteLock {
  release(): void;
}

/**
 * Takes the right to serve a SQLite file; null when another process has it. The lock is SQLite's own on a file beside the database: the
 * operating system frees it when its process ends in whatever way, so there is none to clear away by hand.
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

/** Referred to until the end: what is collected is closed, and its lock is gone. */
let kept: SqliteLock | null = null;

/** Keeps the file for this process until it ends; throws OperatorError when another one serves it. */
export async function keepSqliteFile(file: string): Promise<void> {
  kept = await lockSqliteFile(file);
  if (kept) return;
  throw new OperatorError(
    `Another process serves the database ${file}: SQLite carries one. Stop it first, or use MariaDB for several instances.`,
  );
}
