import { Global, Module } from '@nestjs/common';
import { Database } from '../database/database.js';
import { CounterStore } from './counter-store.js';
import { DatabaseCounterStore } from './database-counter-store.js';
import { KnownNetworks } from './known-networks.js';
import { MemoryCounterStore } from './memory-counter-store.js';
import { Throttling } from './throttling.service.js';

/** Limits on tries, counted where all instances see them; in memory on SQLite, which is for one instance. */
@Global()
@Module({
  providers: [
    KnownNetworks,
    Throttling,
    {
      provide: CounterStore,
      inject: [Database],
      useFactory: (database: Database) =>
        database.isSqlite ? new MemoryCounterStore() : new DatabaseCounterStore(database),
    },
  ],
  exports: [KnownNetworks, Throttling],
})
export class ThrottlingModule {}
