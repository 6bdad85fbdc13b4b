import { Child } from './child.js';
import { BenchDatabase } from './databases.js';
import { fillProjects, fillUsers } from './fill.js';
import { Measurement } from './load.js';
import {
  Account,
  LISTED_PROJECTS,
  makeAccount,
  measureOperation,
  Operation,
  operationsOf,
  warmUp,
} from './operations.js';
import { median } from './turns.js';

const ACCOUNTS = 10;
/** Each operation is measured so often at each size, one size after the other, and compared within such a turn: machines have moods. */
const TURNS = 5;

/** How one operation fared in tables of each size, as ratios of the first: the median time it took, and the CPU of the server per request. */
export interface Growth {
  name: string;
  p50: number[];
  cpu: number[];
}

interface Served {
  database: BenchDatabase;
  server: Child;
}

/** So many users beside those who ask, who have the same things whatever that number is. */
async function populate({ database, server }: Served, users: number): Promise<Operation[]> {
  await fillUsers(database.url, 0, users);
  const accounts: Account[] = [];
  for (let i = 0; i < ACCOUNTS; i += 1) accounts.push(await makeAccount(server.url));
  await fillProjects(database.url, accounts[0].userId, LISTED_PROJECTS);
  return operationsOf(server.url, accounts);
}

/** The operation at each size. */
async function measureTurn(served: Served[], operations: Operation[][], i: number, seconds: number) {
  const measured: Measurement[] = [];
  for (const [k, { server }] of served.entries()) {
    await Promise.all(served.map((one) => one.server.idle()));
    measured.push(await measureOperation(server, operations[k][i], seconds));
  }
  return measured;
}

/** Measures every operation in databases that differ in the number of users alone, all of them side by side. */
export async function measureGrowth(
  make: () => Promise<BenchDatabase>,
  settings: Record<string, string>,
  { sizes, seconds }: { sizes: number[]; seconds: number },
  say: (line: string) => void,
): Promise<{ database: string; growth: Growth[] }> {
  const databases: BenchDatabase[] = [];
  const served: Served[] = [];
  const operations: Operation[][] = [];
  const growth: Growth[] = [];
  try {
    for (const size of sizes) {
      const database = await make();
      // At once: it is dropped also when no server starts on it.
      databases.push(database);
      const server = await Child.start('bundle/main.js', { ...settings, DATABASE_URL: database.url });
      served.push({ database, server });
      say(`-- ${database.name}: ${size} users`);
      operations.push(await populate({ database, server }, size));
    }
    for (const [i, { name }] of operations[0].entries()) {
      for (const [k, { server }] of served.entries()) await warmUp(server, operations[k][i]);
      const turns: Measurement[][] = [];
      while (turns.length < TURNS) turns.push(await measureTurn(served, operations, i, seconds / TURNS));
      const ratios = (figure: 'p50Ms' | 'cpuMs') => {
        return served.map((_, k) => median(turns.map((turn) => turn[k][figure] / turn[0][figure])));
      };
      growth.push({ name, p50: ratios('p50Ms'), cpu: ratios('cpuMs') });
      say(asLine(growth[i]));
    }
    return { database: served[0].database.name, growth };
  } finally {
    for (const { server } of served) await server.stop();
    for (const database of databases) await database.drop();
  }
}

function asLine({ name, p50, cpu }: Growth): string {
  const row = (ratios: number[]) => ratios.map((ratio) => ratio.toFixed(2)).join('  ');
  return `${name.padEnd(18)} ${row(p50)};  ${row(cpu)}`;
}

/** The growth as text. */
export function growthAsText(database: string, sizes: number[], growth: Growth[]): string {
  const head = `\n== ${database}: time of an operation with ${sizes.join(', ')} users, as a ratio of the first (p50; server CPU) ==\n`;
  return head + growth.map(asLine).join('\n');
}
