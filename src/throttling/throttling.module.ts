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

/** A store that all instances share: Redis, else the database. SQLite has one instance, so its memory is enough. */
async function counterStore(settings: RedisSettings, database: Database): Promise<CounterStore> {
  if (settings.REDIS_URL !== undefined) {
    // Loaded only where it is used, because each package makes the start slower.
    const { RedisCounterStore } = await import('./redis-counter-store.js');
    return new RedisCounterStore(settings);
  }
  return database.isSqlite ? new MemoryCounterStore() : new DatabaseCounterStore(database);
}

/** Limits requests and tries; known networks and devices are not slowed down by the tries of others. */
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
