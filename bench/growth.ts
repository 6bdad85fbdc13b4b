import { Child } from './child.js';
import { BenchDatabase } from './databases.js';
import { fillProjects, fillUsers } from './fill.js';
import { Measurement } from './load.js';
import { Account, LISTED_PROJECTS, makeAccount, measureOperation, Operation, operationsOf } from './operations.js';

const ACCOUNTS = 10;
/** Each operation is measured so often at each size, in turns, and the median counts: machines have moods. */
const TURNS = 3;

/** How one operation fared in tables of each size: the median time it took, and the CPU of the server per request. */
export interface Growth {
  name: string;
  cpuMs: number[];
  p50Ms: number[];
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
      const measured: Measurement[][] = served.map(() => []);
      for (let turn = 0; turn < TURNS; turn += 1) {
        for (const [k, { server }] of served.entries()) {
          await Promise.all(served.map((one) => one.server.idle()));
          measured[k].push(await measureOperation(server, operations[k][i], seconds / TURNS));
        }
      }
      const medians = (figure: 'cpuMs' | 'p50Ms') => measured.map((turns) => median(turns.map((one) => one[figure])));
      growth.push({ name, cpuMs: medians('cpuMs'), p50Ms: medians('p50Ms') });
      say(asLine(growth[i]));
    }
    return { database: served[0].database.name, growth };
  } finally {
    for (const { server } of served) await server.stop();
    for (const database of databases) await database.drop();
  }
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

function asLine({ name, p50Ms, cpuMs }: Growth): string {
  const ratios = (figures: number[]) => figures.map((figure) => (figure / figures[0]).toFixed(2)).join('  ');
  return `${name.padEnd(18)} ${ratios(p50Ms)};  ${ratios(cpuMs)}`;
}

/** The growth as text: each size as a ratio of the first. */
export function growthAsText(database: string, sizes: number[], growth: Growth[]): string {
  const head = `\n== ${database}: time of an operation with ${sizes.join(', ')} users, as a ratio of the first (p50; server CPU) ==\n`;
  return head + growth.map(asLine).join('\n');
}
