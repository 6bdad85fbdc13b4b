import { LRUCache } from 'lru-cache';
import { Count, CounterStore, CounterWindow } from './counter-store.js';

/** Far more than are in use at once; of a flood of made-up addresses the least used are forgotten. */
const MOST_COUNTERS = 100_000;

/** Counters of this process alone: for one instance on SQLite, and where Redis is away. */
export class MemoryCounterStore extends CounterStore {
  private readonly counters = new LRUCache<string, Count>({ max: MOST_COUNTERS });

  async count(windows: CounterWindow[], now: number): Promise<Count[]> {
    return windows.map(({ key, windowMs }) => {
      const known = this.counters.get(key);
      const { count, resetAt } = known && known.resetAt > now ? known : { count: 0, resetAt: now + windowMs };
      const counted = { count: count + 1, resetAt };
      this.counters.set(key, counted);
      return counted;
    });
  }

  async read(key: string, now: number): Promise<Count> {
    const known = this.counters.get(key);
    return known && known.resetAt > now ? known : { count: 0, resetAt: now };
  }

  async forgive(once: string[], wholly: string[] = []): Promise<void> {
    for (const key of once) {
      const known = this.counters.get(key);
      if (known && known.count > 0) this.counters.set(key, { ...known, count: known.count - 1 });
    }
    for (const key of wholly) this.counters.delete(key);
  }
}
