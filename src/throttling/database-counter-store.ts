import { Database } from '../database/database.js';
import { Count, CounterStore, CounterWindow } from './counter-store.js';
import { Counter } from './counter.entity.js';

/** Rows per statement; more go with the next one. */
const MAX_ROWS = 500;

/** Assignments run from left to right: `count` still sees the old end of the window. */
const COUNT_ON = `ON DUPLICATE KEY UPDATE
  \`count\` = IF(resets_at > ?, \`count\`, 0) + 1,
  resets_at = IF(resets_at > ?, resets_at, VALUES(resets_at))`;

interface CounterRow {
  count: number;
  resets_at: Date;
}

interface Row extends CounterWindow {
  now: number;
  resolve: (count: Count) => void;
  reject: (error: unknown) => void;
}

function statementFor(rows: Row[]): [string, unknown[]] {
  const values = rows.flatMap(({ key, windowMs, now }) => [key, new Date(now + windowMs)]);
  const now = new Date(Math.max(...rows.map((row) => row.now)));
  const places = rows.map(() => '(?, 1, ?)').join();
  return [`INSERT INTO counters (id, \`count\`, resets_at) VALUES ${places} ${COUNT_ON}`, [...values, now, now]];
}

function countOf(row: CounterRow): Count {
  return { count: row.count, resetAt: row.resets_at.getTime() };
}

/**
 * Counters in MariaDB or MySQL, shared by all instances. A count stays even if its request fails. Counts that arrive during a statement are
 * batched into the next one: under load there are far fewer round trips and commits than requests.
 */
export class DatabaseCounterStore extends CounterStore {
  private waiting: Row[] = [];
  private isCounting = false;

  constructor(private readonly database: Database) {
    super();
  }

  count(windows: CounterWindow[], now: number): Promise<Count[]> {
    const counts = windows.map(
      (window) =>
        new Promise<Count>((resolve, reject) => {
          this.waiting.push({ ...window, now, resolve, reject });
        }),
    );
    if (!this.isCounting) void this.countWaiting();
    return Promise.all(counts);
  }

  async read(key: string, now: number): Promise<Count> {
    const row = await this.database.rows.find(Counter, { id: key });
    const isCurrent = row !== null && row.resetsAt.getTime() > now;
    return isCurrent ? { count: row.count, resetAt: row.resetsAt.getTime() } : { count: 0, resetAt: now };
  }

  async forgive(once: string[], wholly: string[] = []): Promise<void> {
    const keys = [...once, ...wholly];
    if (keys.length === 0) return;
    const ends = wholly.length === 0 ? 'resets_at' : `IF(id IN (${placesFor(wholly)}), ?, resets_at)`;
    const values = wholly.length === 0 ? keys : [...wholly, new Date(0), ...keys];
    const sets = `\`count\` = GREATEST(\`count\` - 1, 0), resets_at = ${ends}`;
    await this.database.writeAtOnce((rows) =>
      rows.query(`UPDATE counters SET ${sets} WHERE id IN (${placesFor(keys)})`, values),
    );
  }

  private async countWaiting(): Promise<void> {
    this.isCounting = true;
    while (this.waiting.length > 0) {
      const rows = this.waiting.splice(0, MAX_ROWS);
      // All instances lock rows in the same order. Counts of one key keep their order of arrival.
      rows.sort((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key)));
      try {
        const counted = await this.write(rows);
        rows.forEach((row, i) => row.resolve(countOf(counted[i])));
      } catch (error) {
        // While the database is away, nobody waits twice.
        for (const row of [...rows, ...this.waiting.splice(0)]) row.reject(error);
      }
    }
    this.isCounting = false;
  }

  private write(rows: Row[]): Promise<CounterRow[]> {
    if (this.database.reader.options.type === 'mariadb') {
      const [statement, values] = statementFor(rows);
      return this.database.writeAtOnce((quick) => quick.query(`${statement} RETURNING \`count\`, resets_at`, values));
    }
    // MySQL has no RETURNING. The first statement keeps the row locked, so the second reads what it wrote.
    return this.database.write(async ({ manager }) => {
      const counted: CounterRow[] = [];
      for (const row of rows) {
        await manager.query(...statementFor([row]));
        const [found] = await manager.query<CounterRow[]>('SELECT `count`, resets_at FROM counters WHERE id = ?', [
          row.key,
        ]);
        counted.push(found);
      }
      return counted;
    });
  }
}

function placesFor(values: unknown[]): string {
  return values.map(() => '?').join();
}
