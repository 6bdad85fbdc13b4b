// An instance that takes every parcel that is due, prints its id, and never comes to an end with it.
import 'reflect-metadata';
import { Column, DataSource, Entity } from 'typeorm';
import { Clock } from '../../dist/src/common/clock.js';
import { databaseOptions } from '../../dist/src/database/database-options.js';
import { DatabaseSettings } from '../../dist/src/database/database.settings.js';
import { Database } from '../../dist/src/database/database.js';
import { LeasedRow } from '../../dist/src/outbox/leased-row.js';
import { LeasedRows } from '../../dist/src/outbox/leased-rows.js';
import { loadServiceSettings } from '../../dist/src/settings.js';

class Parcel extends LeasedRow {}
Column({ type: 'varchar', length: 20 })(Parcel.prototype, 'lane');
Column({ type: 'boolean' })(Parcel.prototype, 'isDone');
Entity('parcels')(Parcel);

const settings = loadServiceSettings().get(DatabaseSettings);
const options = await databaseOptions(settings, { entities: [Parcel], migrations: [] });
const source = await new DataSource(options).initialize();
const rows = new LeasedRows(Parcel, new Database(source, source), new Clock(), Number(process.argv[2]));
for (const { id } of await rows.claim({ where: { isDone: false }, limit: 1000 })) process.stdout.write(`holds ${id}\n`);
process.stdout.write('all\n');
setInterval(() => undefined, 60_000);
