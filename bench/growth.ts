import { createHash, randomBytes } from 'node:crypto';
import Database from 'better-sqlite3';
import { createConnection } from 'mysql2/promise';
import { v7 as uuid } from 'uuid';
import { Child } from './child.js';
import { BenchDatabase } from './databases.js';
import { Measurement } from './load.js';
import { Account, makeAccount, measureOperations } from './operations.js';

const SIZES = [1_000, 100_000, 1_000_000];
const ACCOUNTS = 10;
const BATCH = 1000;

/** How one operation fared as the tables grew: its server CPU per request, by number of users. */
export interface Growth {
  name: string;
  cpuMs: number[];
  p50Ms: number[];
}

type Row = (string | number | null)[];

const TABLES: Record<string, string> = {
  users: 'id, email, name, password_hash, company_name, active_project, created_at, updated_at',
  sessions:
    'id, user_id, attempt_id, generation, refresh_hash, previous_refresh_hash, rotation_nonce, user_agent, network, created_at, rotated_at, expires_at',
  api_keys: 'id, user_id, key_hash, prefix, created_at, last_used_at, expires_at',
};

/** A user with a session and an API key, as the service would have written them. */
function rowsOf(number: number): Record<string, Row> {
  const now = '2026-01-01 00:00:00.000';
  const id = uuid();
  const hash = (text: string) => createHash('sha256').update(`${text}${number}`).digest('hex');
  const far = '2099-01-01 00:00:00.000';
  return {
    users: [id, `filler.${number}@example.com`, 'Filler', hash('password'), null, null, now, now],
    sessions: [uuid(), id, null, 0, hash('refresh'), null, '', 'bench', '127.0.0.0/24', now, now, far],
    api_keys: [uuid(), id, hash('key'), randomBytes(4).toString('hex'), now, null, null],
  };
}

function* batches(from: number, to: number): Generator<[table: string, rows: Row[]]> {
  for (let start = from; start < to; start += BATCH) {
    const people = Array.from({ length: Math.min(BATCH, to - start) }, (_, i) => rowsOf(start + i));
    for (const table of Object.keys(TABLES)) yield [table, people.map((person) => person[table])];
  }
}

/** Adds users number `from` to `to`, past the service: through it, a million would take hours. */
async function fill(url: string, from: number, to: number): Promise<void> {
  const insert = (table: string, rows: Row[]) => {
    const one = `(${rows[0].map(() => '?').join(', ')})`;
    return `INSERT INTO ${table} (${TABLES[table]}) VALUES ${rows.map(() => one).join(', ')}`;
  };
  if (url.startsWith('sqlite:')) {
    const database = new Database(url.slice('sqlite:'.length));
    for (const [table, rows] of batches(from, to)) database.prepare(insert(table, rows)).run(...rows.flat());
    database.pragma('wal_checkpoint(TRUNCATE)');
    database.close();
    return;
  }
  const connection = await createConnection({ uri: url.replace(/^mariadb:/, 'mysql:') });
  for (const [table, rows] of batches(from, to)) await connection.query(insert(table, rows), rows.flat());
  await connection.query('ANALYZE TABLE users, sessions, api_keys');
  await connection.end();
}

/** Measures every operation with more and more users in the database. */
export async function measureGrowth(
  database: BenchDatabase,
  settings: Record<string, string>,
  seconds: number,
  say: (line: string) => void,
): Promise<Growth[]> {
  const rounds: Measurement[][] = [];
  let filled = 0;
  const accounts: Account[] = [];
  for (const size of SIZES) {
    const server = await Child.start('src/main.js', { ...settings, DATABASE_URL: database.url });
    say(`-- ${database.name}: ${size} users`);
    await fill(database.url, filled, size);
    filled = size;
    accounts.length = 0;
    for (let i = 0; i < ACCOUNTS; i += 1) accounts.push(await makeAccount(server.url));
    rounds.push(await measureOperations(server, accounts, seconds, say));
    await server.stop();
  }
  return rounds[0].map(({ name }, i) => ({
    name,
    cpuMs: rounds.map((round) => round[i].cpuMs),
    p50Ms: rounds.map((round) => round[i].p50Ms),
  }));
}

/** The growth as text: each size as a ratio of the smallest. */
export function growthAsText(database: string, growth: Growth[]): string {
  const head = `\n== ${database}: time of an operation with ${SIZES.join(', ')} users, as a ratio of the first (p50; server CPU) ==\n`;
  const ratios = (figures: number[]) => figures.map((figure) => (figure / figures[0]).toFixed(2)).join('  ');
  return head + growth.map((one) => `${one.name.padEnd(18)} ${ratios(one.p50Ms)};  ${ratios(one.cpuMs)}`).join('\n');
}
