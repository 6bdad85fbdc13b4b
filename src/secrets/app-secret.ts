import { randomBytes, randomUUID } from 'node:crypto';
import { chmodSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { DatabaseSettings } from '../database/database.settings.js';
import { SecretsSettings } from './secrets.settings.js';

/** Where development keeps its secret. */
export function appSecretFile({ sqliteFile }: DatabaseSettings): string {
  return join(sqliteFile ? dirname(sqliteFile) : resolve('data'), 'app-secret');
}

/**
 * APP_SECRET, or in development a secret made once and kept beside the database, readable by its owner only.
 * Written to a file of its own first and then linked, so that instances that start together agree on one.
 */
export function appSecret(settings: SecretsSettings, database: DatabaseSettings): string {
  if (settings.APP_SECRET !== undefined) return settings.APP_SECRET;
  const file = appSecretFile(database);
  const folder = dirname(file);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomUUID()}`;
  writeFileSync(draft, randomBytes(48).toString('base64url'), { mode: 0o600 });
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft);
  }
  chmodSync(file, 0o600);
  return readFileSync(file, 'utf8').trim();
}
