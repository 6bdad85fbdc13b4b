import { LRUCache } from 'lru-cache';
import { Count, CounterStore, CounterWindow } from './counter-store.js';

/** Far more than are in use at once. In a flood of made-up addresses the least recently used are dropped. */
const MAX_COUNTERS = 100_000;

/** Counters of this process: for one instance on SQLite, and while Redis is away. */
export class MemoryCounterStore extends CounterStore {
  private readonly counters = new LRUCache<string, Count>({ max: MAX_COUNTERS });

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
