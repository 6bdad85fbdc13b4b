import { Child } from './child.js';
import { BenchDatabase } from './databases.js';
import { fillProjects, fillUsers } from './fill.js';
import { Measurement } from './load.js';
import { Account, LISTED_PROJECTS, makeAccount, measureOperations } from './operations.js';

const SIZES = [1_000, 100_000, 1_000_000];
const ACCOUNTS = 10;

/** How one operation fared as the tables grew: its server CPU per request, by number of users. */
export interface Growth {
  name: string;
  cpuMs: number[];
  p50Ms: number[];
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
    await fillUsers(database.url, filled, size);
    filled = size;
    accounts.length = 0;
    for (let i = 0; i < ACCOUNTS; i += 1) accounts.push(await makeAccount(server.url));
    await fillProjects(database.url, accounts[0].userId, LISTED_PROJECTS);
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
