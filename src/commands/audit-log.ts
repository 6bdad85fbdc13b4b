import { parseArgs } from 'node:util';
import { isEmail, isISO8601 } from 'class-validator';
import { DataSource, FindOptionsWhere, MoreThanOrEqual } from 'typeorm';
import { AuditEvent } from '../audit/audit-event.entity.js';
import { AUDIT_EVENT } from '../audit/audit-events.js';
import { OperatorError } from '../common/operator-error.js';
import { databaseOptions } from '../database/database-options.js';
import { DatabaseSettings } from '../database/database.settings.js';
import { normaliseEmail } from '../http/email-address.js';
import { SCHEMA } from '../schema.js';
import { User } from '../users/user.entity.js';
import { databaseSettings, runCommand } from './command.js';

const USAGE = 'Usage: npm run audit -- [--email ADDRESS] [--type EVENT] [--since 2026-01-31] [--limit 100]';
const TYPES: string[] = Object.values(AUDIT_EVENT);
/** A day, or a time with an offset: without one its time zone would be unclear. */
const MOMENT = /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?$/;
const LIMIT = /^[1-9]\d{0,5}$/;

/** Selects events: the newest `limit` that match. */
interface Question {
  email?: string;
  type?: string;
  since: Date;
  limit: number;
}

function readQuestion(): Question {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ options: { email: text, type: text, since: text, limit: text } });
  const { type, since = '1970-01-01', limit = '100' } = values;
  const email = values.email === undefined ? undefined : normaliseEmail(values.email);
  if (email !== undefined && !isEmail(email)) throw new Error('--email takes an address.');
  if (type !== undefined && !TYPES.includes(type)) throw new Error(`--type takes one of ${TYPES.join(', ')}.`);
  if (!MOMENT.test(since) || !isISO8601(since, { strict: true })) {
    throw new Error('--since takes a day (UTC), or a moment such as 2026-01-31T12:00:00Z.');
  }
  if (!LIMIT.test(limit)) throw new Error('--limit takes a whole number from 1 to 999999.');
  return { email, type, since: new Date(since), limit: Number(limit) };
}

/** Opens the database read-only: on SQLite no byte of the file changes. */
async function openForReading(): Promise<DataSource> {
  const options = await databaseOptions(databaseSettings().get(DatabaseSettings), SCHEMA);
  if (options.type !== 'better-sqlite3') return new DataSource(options).initialize();
  return new DataSource({ ...options, readonly: true, enableWAL: false }).initialize();
}

/** Events with the address, or with the id of its user. */
async function whoIs(dataSource: DataSource, email: string | undefined): Promise<FindOptionsWhere<AuditEvent>[]> {
  if (email === undefined) return [{}];
  const user = await dataSource.manager.findOneBy(User, { email });
  return user ? [{ email }, { userId: user.id }] : [{ email }];
}

/** `npm run audit`: prints security events, oldest first, one JSON object a line. */
async function printAuditLog({ email, type, since, limit }: Question): Promise<void> {
  const dataSource = await openForReading();
  try {
    const narrowed = { ...(type && { type }), at: MoreThanOrEqual(since) };
    const where = (await whoIs(dataSource, email)).map((one) => ({ ...one, ...narrowed }));
    const order = { at: 'DESC', id: 'DESC' } as const;
    const events = await dataSource.manager.find(AuditEvent, { where, order, take: limit });
    for (const event of events.reverse()) process.stdout.write(`${JSON.stringify(event)}\n`);
  } finally {
    await dataSource.destroy();
  }
}

function readOrExplain(): Question {
  try {
    return readQuestion();
  } catch (error) {
    throw new OperatorError(`${(error as Error).message}\n${USAGE}`);
  }
}

await runCommand(() => printAuditLog(readOrExplain()));
