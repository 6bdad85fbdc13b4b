import { parseArgs } from 'node:util';
import { DataSource, FindOptionsWhere, MoreThanOrEqual } from 'typeorm';
import { AuditEvent } from '../audit/audit-event.entity.js';
import { normaliseEmail } from '../common/fields.js';
import { loadEnv, readDotEnv } from '../config/env.js';
import { databaseOptions } from '../database/database-options.js';
import { User } from '../users/user.entity.js';

const USAGE = 'Usage: npm run audit -- [--email ADDRESS] [--type EVENT] [--since 2026-01-31] [--limit 100]\n';

/** Events of an address, and those that know only its user's id. */
async function whoIs(dataSource: DataSource, address: string): Promise<FindOptionsWhere<AuditEvent>[]> {
  const email = normaliseEmail(address);
  const user = await dataSource.manager.findOneBy(User, { email });
  return user ? [{ email }, { userId: user.id }] : [{ email }];
}

/** `npm run audit`: prints security events, oldest first, one JSON object a line. */
async function printAuditLog(): Promise<void> {
  const { values } = parseArgs({
    options: {
      email: { type: 'string' },
      type: { type: 'string' },
      since: { type: 'string' },
      limit: { type: 'string' },
    },
  });
  const since = new Date(values.since ?? 0);
  const limit = Number(values.limit ?? 100);
  if (Number.isNaN(since.getTime()) || !Number.isInteger(limit) || limit < 1) throw new Error(USAGE);
  const dataSource = await new DataSource(await databaseOptions(loadEnv())).initialize();
  const narrowed = { ...(values.type && { type: values.type }), at: MoreThanOrEqual(since) };
  const people = values.email ? await whoIs(dataSource, values.email) : [{}];
  const where = people.map((one) => ({ ...one, ...narrowed }));
  const events = await dataSource.manager.find(AuditEvent, { where, order: { id: 'DESC' }, take: limit });
  for (const event of events.reverse()) process.stdout.write(`${JSON.stringify(event)}\n`);
  await dataSource.destroy();
}

readDotEnv();
printAuditLog().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
