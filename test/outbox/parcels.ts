import { Column, DataSource, Entity } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { Clock } from '../../src/common/clock.js';
import { databaseOptions } from '../../src/database/database-options.js';
import { DatabaseSettings } from '../../src/database/database.settings.js';
import { Database } from '../../src/database/database.js';
import { LeasedQueue, QueueWork } from '../../src/outbox/leased-queue.js';
import { LeasedRow, notLeased } from '../../src/outbox/leased-row.js';
import { LeasedRows } from '../../src/outbox/leased-rows.js';
import { loadServiceSettings } from '../../src/settings.js';
import { isSqlite, TestDatabase } from '../support/test-database.js';

/** A row of a table that only these tests have; `parcel-worker.mjs` knows it too. */
@Entity('parcels')
export class Parcel extends LeasedRow {
  @Column({ type: 'varchar', length: 20 })
  lane: string;

  @Column({ type: 'boolean' })
  isDone: boolean;
}

export const LEASE_MS = 30_000;
/** Rows are looked for when the test says so. */
const BOUNDS = { maxQuick: 10, maxUnderWay: 20, slowMs: 60_000, pollMs: 60_000, graceMs: 0 };

/** Opens the test's table, which it makes if it is missing. */
export async function openParcels({ url }: TestDatabase): Promise<{ database: Database; close: () => Promise<void> }> {
  const settings = loadServiceSettings({ DATABASE_URL: url }).get(DatabaseSettings);
  const options = await databaseOptions(settings, { entities: [Parcel], migrations: [] });
  const writer = await new DataSource({ ...options, synchronize: true }).initialize();
  const reader = isSqlite() ? await new DataSource({ ...options, readonly: true } as never).initialize() : writer;
  const database = new Database(reader, writer);
  const close = async () => {
    await database.onApplicationShutdown();
    await reader.destroy();
  };
  return { database, close };
}

/** Writes parcels that are due now, in their order. */
export async function addParcels(database: Database, clock: Clock, lanes: string[]): Promise<string[]> {
  const now = clock.now();
  const rows = lanes.map((lane) => ({ ...notLeased(now), id: uuid(), lane, isDone: false }));
  await database.write(({ manager }) => manager.insert(Parcel, rows));
  return rows.map(({ id }) => id);
}

/** One instance that works on parcels; it has started. */
export function startInstance(
  database: Database,
  clock: Clock,
  work: Partial<QueueWork<Parcel>> & Pick<QueueWork<Parcel>, 'try'>,
): LeasedQueue<Parcel> {
  const rows = new LeasedRows(Parcel, database, clock, LEASE_MS);
  const queue = new LeasedQueue('Parcels', rows, { waiting: () => ({ isDone: false }), ...work }, clock, BOUNDS);
  queue.start();
  return queue;
}
