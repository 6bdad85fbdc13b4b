import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';

/** A database that is there for one measurement. */
export interface BenchDatabase {
  name: 'sqlite' | 'mariadb';
  url: string;
  drop(): Promise<void>;
}

function sqlite(): BenchDatabase {
  const folder = mkdtempSync(join(tmpdir(), 'talkstack-bench-'));
  return {
    name: 'sqlite',
    url: `sqlite:${join(folder, 'bench.db')}`,
    drop: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

async function mariadb(server: string): Promise<BenchDatabase> {
  const name = `talkstack_bench_${randomBytes(4).toString('hex')}`;
  const run = async (statement: string): Promise<void> => {
    const connection = await createConnection(server.replace(/^mariadb:/, 'mysql:'));
    await connection.query(statement);
    await connection.end();
  };
  await run(`CREATE DATABASE ${name}`);
  return { name: 'mariadb', url: `${server}/${name}`, drop: () => run(`DROP DATABASE ${name}`) };
}

/** What makes a new database of each kind: SQLite always; MariaDB where BENCH_MARIADB_URL (default: root on 127.0.0.1:3306) answers. */
export async function databaseMakers(say: (line: string) => void): Promise<(() => Promise<BenchDatabase>)[]> {
  const server = process.env.BENCH_MARIADB_URL ?? 'mariadb://root@127.0.0.1:3306';
  const makers = [() => Promise.resolve(sqlite())];
  try {
    await (await createConnection(server.replace(/^mariadb:/, 'mysql:'))).end();
    makers.push(() => mariadb(server));
  } catch (error) {
    say(`MariaDB at ${server} is left out: ${(error as Error).message}`);
  }
  return makers;
}
