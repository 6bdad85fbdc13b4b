import { LRUCache } from 'lru-cache';
import { Clock } from './clock.js';

/**
 * Caches values of the database for a short time, so that hot paths cost no query. A dropped value is gone at once on this instance; other
 * instances see the change when their own copy expires.
 */
export class RecheckedCache<Value extends object> {
  private readonly entries: LRUCache<string, { value: Value; checkedAt: number }>;
  private drops = 0;
  /** Reads that were served from the cache. */
  hits = 0;
  /** Reads that queried the database. */
  misses = 0;

  constructor(
    private readonly clock: Clock,
    private readonly options: {
      maxEntries: number;
      recheckMs: number;
      load: (id: string) => Promise<Value | null>;
    },
  ) {
    this.entries = new LRUCache({ max: options.maxEntries });
  }

  /** Returns the value as the database has it now, or had it at most `recheckMs` ago. */
  get(id: string): Value | null | Promise<Value | null> {
    return this.peek(id) ?? this.load(id);
  }

  /** Returns the cached value, at most `recheckMs` old; undefined when there is none. */
  peek(id: string): Value | undefined {
    const entry = this.entries.get(id);
    const age = entry ? this.clock.now().getTime() - entry.checkedAt : Infinity;
    if (!entry || age < 0 || age >= this.options.recheckMs) return undefined;
    this.hits += 1;
    return entry.value;
  }

  /** Forgets the value: the next read queries the database. */
  drop(id: string): void {
    this.drops += 1;
    this.entries.delete(id);
  }

  /** Forgets all values. */
  clear(): void {
    this.drops += 1;
    this.entries.clear();
  }

  private async load(id: string): Promise<Value | null> {
    this.misses += 1;
    const dropsBefore = this.drops;
    const checkedAt = this.clock.now().getTime();
    const value = await this.options.load(id);
    // What was read before a drop may be older than the drop; it must not come back through the cache.
    if (value !== null && dropsBefore === this.drops) this.entries.set(id, { value, checkedAt });
    return value;
  }
}
