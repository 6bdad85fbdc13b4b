import { parseArgs } from 'node:util';
import { BesideRaw, measureBesideRaw } from './beside-raw.js';
import { Child } from './child.js';
import { BenchDatabase, databaseMakers } from './databases.js';
import { fillProjects } from './fill.js';
import { Growth, growthAsText, measureGrowth } from './growth.js';
import { Measurement } from './load.js';
import {
  Account,
  LISTED_PROJECTS,
  makeAccount,
  makeFloorAccount,
  measureOperation,
  operationNamed,
  operationsOf,
  warmUp,
} from './operations.js';
import { measureOverload } from './overload.js';
import { asText, DatabaseReport, promisedRatios } from './report.js';

const ACCOUNTS = 10;

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

/** Limits of the service that a benchmark would run into. */
const SETTINGS = {
  NODE_ENV: 'development',
  PORT: '0',
  LOG_LEVEL: 'info',
  MAX_CONNECTIONS_PER_IP: '100000',
  THROTTLE_IP_PER_MINUTE: '1000000',
  THROTTLE_REFRESHES_PER_MINUTE: '1000000',
  THROTTLE_LETTERS_PER_HOUR: '1000000',
  THROTTLE_TRIES_PER_QUARTER_HOUR: '1000000',
  THROTTLE_FREE_FAILURES: '1000000',
  THROTTLE_WRITES_PER_MINUTE: '1000000',
  THROTTLE_API_KEYS_PER_HOUR: '1000000',
  APP_SECRET: 'a secret for benchmarks, of no use elsewhere',
};

/** What can be had on this machine at best: the raw limits are of parts, of which the load generator and the database want their share too. */
async function measureFloor(database: BenchDatabase): Promise<BesideRaw> {
  const server = await Child.start('bench/floor.js', { LOG_LEVEL: SETTINGS.LOG_LEVEL }, database.url);
  const accounts: Account[] = [];
  for (let i = 0; i < ACCOUNTS; i += 1) accounts.push(await makeFloorAccount(server.url));
  const operations = operationsOf(server.url, accounts);
  const floor = await measureBesideRaw({ server, database, accounts, operations, seconds });
  await server.stop();
  return floor;
}

async function measureDatabase(database: BenchDatabase): Promise<DatabaseReport> {
  say(`-- ${database.name}`);
  const settings = { ...SETTINGS, DATABASE_URL: database.url };
  const migrated = await Child.start('bundle/main.js', settings);
  await migrated.stop();
  const server = await Child.start('bundle/main.js', settings);
  say(`boot: ${server.bootSeconds.toFixed(2)} s`);
  const accounts: Account[] = [];
  for (let i = 0; i < ACCOUNTS; i += 1) accounts.push(await makeAccount(server.url));
  await fillProjects(database.url, accounts[0].userId, LISTED_PROJECTS);
  const operations = operationsOf(server.url, accounts);
  const measurements: Measurement[] = [];
  for (const operation of operations) {
    await warmUp(server, operation);
    const measurement = await measureOperation(server, operation, seconds);
    say(`${measurement.name}: ${measurement.perSecond.toFixed(0)}/s`);
    measurements.push(measurement);
  }
  const besideRaw = await measureBesideRaw({ server, database, accounts, operations, seconds });
  say('measured in turns with the raw limits');
  const memoryMb = server.memoryMb();
  const overload = await measureOverload(server, accounts, seconds, () =>
    measureOperation(server, operationNamed('login', operations), seconds),
  );
  say(`overload: ${overload.overloadedPerSecond.toFixed(0)} of ${overload.bestPerSecond.toFixed(0)} logins/s done`);
  await server.stop();
  const floor = await measureFloor(database);
  say('the floor, in turns with the raw limits');
  const report = {
    database: database.name,
    bootSeconds: server.bootSeconds,
    memoryMb,
    besideRaw,
    floor,
    measurements,
    overload,
  };
  return { ...report, promised: promisedRatios(report) };
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
