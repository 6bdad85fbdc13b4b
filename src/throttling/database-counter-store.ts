import { In } from 'typeorm';
import { Database } from '../database/database.js';
import { Count, CounterStore } from './counter-store.js';
import { Counter } from './counter.entity.js';

/** Assignments go from left to right: `count` still sees the old end of the window. */
const ADD = `INSERT INTO counters (id, \`count\`, resets_at) VALUES (?, ?, ?)
  ON DUPLICATE KEY UPDATE
    \`count\` = GREATEST(IF(resets_at > ?, \`count\`, 0) + ?, 0),
    resets_at = IF(resets_at > ?, resets_at, ?)`;

/** Counters that all instances on one MariaDB/MySQL share. Each count is a transaction of its own: it stays, whatever becomes of the request. */
export class DatabaseCounterStore extends CounterStore {
  constructor(private readonly database: Database) {
    super();
  }

  async add(key: string, by: number, windowMs: number, now: number): Promise<Count> {
    const moment = new Date(now);
    const end = new Date(now + windowMs);
    return this.database.write(async ({ manager }) => {
      await manager.query(ADD, [key, Math.max(0, by), end, moment, by, moment, end]);
      // The statement above holds the row's lock, so this is what it wrote.
      const { count, resetsAt } = await manager.findOneByOrFail(Counter, { id: key });
      return { count, resetAt: resetsAt.getTime() };
    });
  }

  async read(key: string, now: number): Promise<Count> {
    const row = await this.database.reader.manager.findOneBy(Counter, { id: key });
    const isCurrent = row !== null && row.resetsAt.getTime() > now;
    return isCurrent ? { count: row.count, resetAt: row.resetsAt.getTime() } : { count: 0, resetAt: now };
  }

  async clear(keys: string[]): Promise<void> {
    await this.database.write(({ manager }) => manager.delete(Counter, { id: In(keys) }));
  }
}
