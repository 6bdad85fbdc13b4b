import { randomBytes, randomUUID } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { OperatorError } from '../common/operator-error.js';
import { DatabaseSettings } from '../database/database.settings.js';
import { SecretsSettings } from './secrets.settings.js';

const LOCK_MS = 5000;

/** The file of the development secret. */
export function appSecretFile({ sqliteFile }: DatabaseSettings): string {
  return join(sqliteFile ? dirname(sqliteFile) : resolve('data'), 'app-secret');
}

/** Errors of file systems without hard links or permissions. */
const NOT_SUPPORTED = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL'];

function codeOf(error: unknown): string {
  return String((error as NodeJS.ErrnoException).code);
}

/** Renames the draft unless another process was faster. The file is complete from the moment it exists. */
function publish(draft: string, file: string): void {
  try {
    linkSync(draft, file);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return;
    if (!NOT_SUPPORTED.includes(codeOf(error))) throw error;
    publishUnderLock(draft, file);
  }
}

/** The same without hard links: only the process that made the lock folder may rename, and the others wait for it. */
function publishUnderLock(draft: string, file: string): void {
  const lock = `${file}.lock`;
  const deadline = Date.now() + LOCK_MS;
  while (!existsSync(file)) {
    try {
      mkdirSync(lock);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
      if (Date.now() > deadline) {
        throw new OperatorError(
          `A start was cut off while it made ${file}. Remove the folder ${lock} and start again.`,
        );
      }
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
      continue;
    }
    try {
      if (!existsSync(file)) renameSync(draft, file);
    } finally {
      rmdirSync(lock);
    }
  }
}

/** Readable only by its owner, where the file system has owners. */
function restrict(file: string): void {
  try {
    chmodSync(file, 0o600);
  } catch (error) {
    if (!NOT_SUPPORTED.includes(codeOf(error))) throw error;
  }
}

/**
 * APP_SECRET, or in development a secret made once and kept beside the database, readable by its owner only.
 * Written to a file of its own first and then linked, so that instances that start together agree on one.
 */
export function appSecret(settings: SecretsSettings, database: DatabaseSettings): string {
  if (settings.APP_SECRET !== undefined) return settings.APP_SECRET;
  const file = appSecretFile(database);
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const draft = `${file}.${randomUUID()}`;
    try {
      writeFileSync(draft, randomBytes(48).toString('base64url'), { mode: 0o600 });
      publish(draft, file);
    } finally {
      rmSync(draft, { force: true });
    }
  }
  restrict(file);
  return readFileSync(file, 'utf8').trim();
}
