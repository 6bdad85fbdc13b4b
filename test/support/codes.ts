import { randomInt } from 'node:crypto';
import { Database } from '../../src/database/database.js';
import { MailOutbox } from '../../src/mail/mail-outbox.js';
import { ApiAnswer } from './api-client.js';
import { TestApp } from './start-app.js';

/** Enters a code, with the token of a signup if there is one. */
export function enterCode(
  service: Pick<TestApp, 'api'>,
  email: string,
  code: string,
  token?: string,
): Promise<ApiAnswer> {
  return service.api.as({ token }).post('/auth/verify-email', { email, code });
}

/** Different codes, none of them one of the right ones. */
export function wrongCodes(count: number, ...right: string[]): string[] {
  const codes = new Set<string>();
  while (codes.size < count) {
    const code = String(randomInt(1_000_000)).padStart(6, '0');
    if (!right.includes(code)) codes.add(code);
  }
  return [...codes];
}

/** Enters wrong codes at the same moment. */
export function guess(service: TestApp, email: string, count: number, ...right: string[]): Promise<ApiAnswer[]> {
  return Promise.all(wrongCodes(count, ...right).map((code) => enterCode(service, email, code)));
}

/** Resolves when every letter that is due was tried: what has not arrived by then was never sent. */
export function allLettersTried(service: TestApp): Promise<void> {
  return service.app.get(MailOutbox).drain();
}

/** Every row of every table, by table. */
export async function everyRow(service: TestApp): Promise<Record<string, unknown[]>> {
  const names = service.app.get(Database).reader.entityMetadatas.map(({ tableName }) => tableName);
  const rows = await Promise.all(names.map(async (name) => [name, await service.query(`SELECT * FROM ${name}`)]));
  return Object.fromEntries(rows);
}

/** Changes the database behind the service's back. */
export async function alter(service: TestApp, ...statements: string[]): Promise<void> {
  await service.app.get(Database).write(async ({ manager }) => {
    for (const statement of statements) await manager.query(statement);
  });
}
