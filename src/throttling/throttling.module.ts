import { Global, Module } from '@nestjs/common';
import { RedisSettings } from './redis.settings.js';
import { Database } from '../database/database.js';
import { CounterStore } from './counter-store.js';
import { DatabaseCounterStore } from './database-counter-store.js';
import { DeviceTokens } from './device-tokens.js';
import { KnownNetworks } from './known-networks.js';
import { MemoryCounterStore } from './memory-counter-store.js';
import { ThrottleResets } from './throttle-resets.js';
import { KEPT_THROTTLING } from './throttling.kept.js';
import { Throttling } from './throttling.service.js';

/** Where all instances see the counters: Redis, else the database; SQLite is for one instance, so its memory will do. */
async function counterStore(settings: RedisSettings, database: Database): Promise<CounterStore> {
  if (settings.REDIS_URL !== undefined) {
    // Its client is loaded only where it is used: every package adds to the time of the start.
    const { RedisCounterStore } = await import('./redis-counter-store.js');
    return new RedisCounterStore(settings);
  }
  return database.isSqlite ? new MemoryCounterStore() : new DatabaseCounterStore(database);
}

/** Limits on tries, and the networks that are not held up by the tries of others. */
@Global()
@Module({
  providers: [
    DeviceTokens,
    KnownNetworks,
    ThrottleResets,
    Throttling,
    ...KEPT_THROTTLING,
    { provide: CounterStore, inject: [RedisSettings, Database], useFactory: counterStore },
  ],
  exports: [DeviceTokens, KnownNetworks, ThrottleResets, Throttling],
})
export class ThrottlingModule {}
