import { LRUCache } from 'lru-cache';
import { Count, CounterStore } from './counter-store.js';

/** Far more than are in use at once; of a flood of made-up addresses the least used are forgotten. */
const MOST_COUNTERS = 100_000;

/** Counters of this process alone: for one instance on SQLite, and where Redis is away. */
export class MemoryCounterStore extends CounterStore {
  private readonly counters = new LRUCache<string, Count>({ max: MOST_COUNTERS });

  async add(key: string, by: number, windowMs: number, now: number): Promise<Count> {
    const known = this.counters.get(key);
    const { count, resetAt } = known && known.resetAt > now ? known : { count: 0, resetAt: now + windowMs };
    const counted = { count: Math.max(0, count + by), resetAt };
    this.counters.set(key, counted);
    return counted;
  }

  async read(key: string, now: number): Promise<Count> {
    const known = this.counters.get(key);
    return known && known.resetAt > now ? known : { count: 0, resetAt: now };
  }

  async clear(keys: string[]): Promise<void> {
    for (const key of keys) this.counters.delete(key);
  }
}
