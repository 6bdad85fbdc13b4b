import { Database } from '../database/database.js';
import { Count, CounterStore } from './counter-store.js';
import { Counter } from './counter.entity.js';

/** Assignments go from left to right: `count` still sees the old end of the window. */
const ADD = `INSERT INTO counters (id, \`count\`, resets_at) VALUES (?, ?, ?)
  ON DUPLICATE KEY UPDATE
    \`count\` = GREATEST(IF(resets_at > ?, \`count\`, 0) + ?, 0),
    resets_at = IF(resets_at > ?, resets_at, ?)`;

interface CounterRow {
  count: number;
  resets_at: Date;
}

/** Counters that all instances on one MariaDB/MySQL share. Each count is a unit of work of its own: it stays, whatever becomes of the request. */
export class DatabaseCounterStore extends CounterStore {
  constructor(private readonly database: Database) {
    super();
  }

  async add(key: string, by: number, windowMs: number, now: number): Promise<Count> {
    const moment = new Date(now);
    const end = new Date(now + windowMs);
    const values = [key, Math.max(0, by), end, moment, by, moment, end];
    const [row] = await (this.database.reader.options.type === 'mariadb'
      ? this.addAtOnce(values)
      : this.addInTwo(values));
    return { count: row.count, resetAt: row.resets_at.getTime() };
  }

  async read(key: string, now: number): Promise<Count> {
    const row = await this.database.rows.find(Counter, { id: key });
    const isCurrent = row !== null && row.resetsAt.getTime() > now;
    return isCurrent ? { count: row.count, resetAt: row.resetsAt.getTime() } : { count: 0, resetAt: now };
  }

  async clear(keys: string[]): Promise<void> {
    await this.database.writeAtOnce(`DELETE FROM counters WHERE id IN (${keys.map(() => '?').join()})`, keys);
  }

  private addAtOnce(values: unknown[]): Promise<CounterRow[]> {
    return this.database.writeAtOnce(`${ADD} RETURNING \`count\`, resets_at`, values);
  }

  /** MySQL has no RETURNING. The first statement holds the row's lock, so the second reads what it wrote. */
  private addInTwo(values: unknown[]): Promise<CounterRow[]> {
    return this.database.write(async ({ manager }) => {
      await manager.query(ADD, values);
      return manager.query<CounterRow[]>('SELECT `count`, resets_at FROM counters WHERE id = ?', [values[0]]);
    });
  }
}
