import { parseArgs } from 'node:util';
import autocannon from 'autocannon';
import { loadEnv } from '../src/config/load-env.js';
import { Child } from './child.js';
import { BenchDatabase, databaseMakers } from './databases.js';
import { fillProjects } from './fill.js';
import { Growth, growthAsText, measureGrowth } from './growth.js';
import { Measurement, WARM_UP_SECONDS } from './load.js';
import { Account, bearer, LISTED_PROJECTS, makeAccount, measureOperation, operationsOf } from './operations.js';
import { measureOverload } from './overload.js';
import { rawHashes, rawWrites } from './raw-limits.js';
import { asText, DatabaseReport, promisedRatios } from './report.js';

const ACCOUNTS = 10;
const GET_CONNECTIONS = 32;

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    /** Measures with few and with many users in place of the usual run. */
    growth: { type: 'boolean', default: false },
    /** How many, for --growth. */
    sizes: { type: 'string', default: '1000,100000,1000000' },
    seconds: { type: 'string', default: '5' },
  },
});
const seconds = Number(options.seconds);
const sizes = options.sizes.split(',').map(Number);
const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Requests a second of one GET, by a load generator that costs less than what it measures. */
async function getRate(url: string, headers: Record<string, string> = {}): Promise<number> {
  const options = { url, headers, connections: GET_CONNECTIONS };
  await autocannon({ ...options, duration: WARM_UP_SECONDS });
  const result = await autocannon({ ...options, duration: seconds });
  if (result.non2xx > 0) throw new Error(`${result.non2xx} requests to ${url} failed`);
  return result.requests.average;
}

/** Limits of the service that a benchmark would run into. */
const SETTINGS = {
  NODE_ENV: 'development',
  PORT: '0',
  LOG_LEVEL: 'info',
  THROTTLE_IP_PER_MINUTE: '1000000',
  THROTTLE_REFRESHES_PER_MINUTE: '1000000',
  THROTTLE_LETTERS_PER_HOUR: '1000000',
  THROTTLE_TRIES_PER_QUARTER_HOUR: '1000000',
  THROTTLE_FREE_FAILURES: '1000000',
  THROTTLE_API_KEYS_PER_HOUR: '1000000',
  APP_SECRET: 'a secret for benchmarks, of no use elsewhere',
};

async function measureDatabase(database: BenchDatabase): Promise<DatabaseReport> {
  say(`-- ${database.name}`);
  const settings = {
    ...SETTINGS,
    DATABASE_URL: database.url,
  };
  const migrated = await Child.start('bundle/main.js', settings);
  await migrated.stop();
  const server = await Child.start('bundle/main.js', settings);
  say(`boot: ${server.bootSeconds.toFixed(2)} s`);
  const accounts: Account[] = [];
  for (let i = 0; i < ACCOUNTS; i += 1) accounts.push(await makeAccount(server.url));
  await fillProjects(database.url, accounts[0].userId, LISTED_PROJECTS);
  const route = await Child.start('bench/raw-route.js', {});
  const guarded = await getRate(`${server.url}/user/sessions/current`, bearer(accounts[0]));
  const routePerSecond = await getRate(`${route.url}/raw`);
  await route.stop();
  say(`guarded GET ${guarded.toFixed(0)}/s, bare route ${routePerSecond.toFixed(0)}/s`);
  const hashes = await rawHashes(loadEnv({}), seconds);
  const operations: Measurement[] = [];
  for (const operation of operationsOf(server.url, accounts)) {
    const measurement = await measureOperation(server, operation, seconds);
    say(`${measurement.name}: ${measurement.perSecond.toFixed(0)}/s`);
    operations.push(measurement);
  }
  const memoryMb = server.memoryMb();
  const best = operations.find(({ name }) => name === 'login')?.perSecond ?? NaN;
  const overload = await measureOverload(server, accounts, seconds, best);
  say(`overload: ${overload.overloadedPerSecond.toFixed(0)} of ${best.toFixed(0)} logins/s done`);
  const raw = {
    routePerSecond,
    hashesPerSecond: hashes.perSecond,
    hashCpuMs: hashes.cpuMs,
    writesPerSecond: await rawWrites(database.url, ACCOUNTS, seconds),
  };
  await server.stop();
  const report = { database: database.name, bootSeconds: server.bootSeconds, memoryMb, raw, operations, overload };
  return { ...report, promised: promisedRatios(report, { guarded }) };
}

const reports: DatabaseReport[] = [];
const growths: { database: string; growth: Growth[] }[] = [];
for (const make of await databaseMakers(say)) {
  if (options.growth) {
    growths.push(await measureGrowth(make, SETTINGS, { sizes, seconds }, say));
    continue;
  }
  const database = await make();
  try {
    reports.push(await measureDatabase(database));
  } finally {
    await database.drop();
  }
}
const texts = [...reports.map(asText), ...growths.map(({ database, growth }) => growthAsText(database, sizes, growth))];
process.stdout.write(`${options.json ? JSON.stringify({ reports, growths, sizes }, null, 2) : texts.join('\n')}\n`);
process.exit(0);
