import { randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { hash } from '@node-rs/argon2';
import { createPool } from 'mysql2/promise';
import { PasswordHashSettings } from '../src/auth/password-hash.settings.js';
import { SqliteConnection } from '../src/database/sqlite-connection.js';

/** Runs `work` by so many workers for so long; answers how often a second it got done. */
async function rate(workers: number, seconds: number, work: () => Promise<unknown>): Promise<number> {
  let done = 0;
  const startedAt = performance.now();
  const endAt = startedAt + seconds * 1000;
  const loop = async (): Promise<void> => {
    while (performance.now() < endAt) {
      await work();
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: workers }, loop));
  return (done * 1000) / (performance.now() - startedAt);
}

export interface RawHashes {
  perSecond: number;
  /** CPU time of one, milliseconds. */
  cpuMs: number;
}

/** Hashes a second with the service's parameters, one a core at a time, in a process that does nothing else. */
export async function rawHashes(settings: PasswordHashSettings, seconds: number): Promise<RawHashes> {
  const options = {
    memoryCost: settings.ARGON2_MEMORY_KIB,
    timeCost: settings.ARGON2_PASSES,
    parallelism: settings.ARGON2_LANES,
    algorithm: 2,
  };
  const [startedAt, before] = [performance.now(), process.cpuUsage()];
  const perSecond = await rate(availableParallelism(), seconds, () => hash('correct horse battery staple', options));
  const hashes = (perSecond * (performance.now() - startedAt)) / 1000;
  const { user, system } = process.cpuUsage(before);
  return { perSecond, cpuMs: (user + system) / 1000 / hashes };
}

/** Committed inserts of one small row a second, on the same database with the same durability. */
export async function rawWrites(databaseUrl: string, workers: number, seconds: number): Promise<number> {
  const table = 'CREATE TABLE IF NOT EXISTS raw_writes (id varchar(36) PRIMARY KEY, text varchar(255))';
  const insert = 'INSERT INTO raw_writes VALUES (?, ?)';
  const text = 'x'.repeat(200);
  if (databaseUrl.startsWith('sqlite:')) {
    const database = new SqliteConnection(databaseUrl.slice('sqlite:'.length));
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    database.exec(table);
    const statement = database.prepare(insert);
    const perSecond = await rate(1, seconds, async () => {
      statement.run(randomUUID(), text);
      await new Promise(setImmediate);
    });
    database.exec('DROP TABLE raw_writes');
    database.close();
    return perSecond;
  }
  const pool = createPool({ uri: databaseUrl.replace(/^mariadb:/, 'mysql:'), connectionLimit: 10 });
  await pool.query(table);
  const perSecond = await rate(workers, seconds, () => pool.execute(insert, [randomUUID(), text]));
  await pool.query('DROP TABLE raw_writes');
  await pool.end();
  return perSecond;
}
