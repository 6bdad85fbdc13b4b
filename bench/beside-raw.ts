import autocannon from 'autocannon';
import { PasswordHashSettings } from '../src/auth/password-hash.settings.js';
import { Child } from './child.js';
import { BenchDatabase } from './databases.js';
import { Account, bearer, measureOperation, Operation, operationNamed } from './operations.js';
import { rawHashes, rawWrites } from './raw-limits.js';
import { inTurns, mean, overTurns } from './turns.js';

const GET_CONNECTIONS = 32;
/** A turn's share of the time that one operation is measured for. */
const TURN_SHARE = 0.4;
const SHORTEST_TURN_SECONDS = 1;

/** What a server does, measured in turns with the raw limits of the machine, as ratios of them. */
export interface BesideRaw {
  loginsPerRawHash: number;
  /** CPU time of the server for a login without that of a raw hash, milliseconds. */
  loginCpuBeyondHashMs: number;
  guardedGetsPerRawGet: number;
  refreshesPerRawWrite: number;
  /** Means over all turns. */
  raw: { hashesPerSecond: number; getsPerSecond: number; writesPerSecond: number };
}

interface Measured {
  server: Child;
  database: BenchDatabase;
  accounts: Account[];
  operations: Operation[];
  seconds: number;
}

/** Requests a second of one GET, by a load generator that costs less than what it measures. */
async function getRate(url: string, duration: number, headers: Record<string, string> = {}): Promise<number> {
  const result = await autocannon({ url, headers, connections: GET_CONNECTIONS, duration });
  if (result.non2xx > 0) throw new Error(`${result.non2xx} requests to ${url} failed`);
  return result.requests.total / result.duration;
}

export async function measureBesideRaw(measured: Measured): Promise<BesideRaw> {
  const { server, database, accounts, operations, seconds } = measured;
  const duration = Math.max(SHORTEST_TURN_SECONDS, seconds * TURN_SHARE);
  const measure = (name: string) => measureOperation(server, operationNamed(name, operations), duration);

  const route = await Child.start('bench/raw-route.js', {});
  const gets = await inTurns(
    () => getRate(`${server.url}/user/sessions/current`, duration, bearer(accounts[0])),
    () => getRate(`${route.url}/raw`, duration),
  );
  await route.stop();
  const logins = await inTurns(
    () => measure('login'),
    () => rawHashes(new PasswordHashSettings(), duration),
  );
  const refreshes = await inTurns(
    () => measure('refresh'),
    () => rawWrites(database.url, accounts.length, duration),
  );

  const ratio = (ours: number, raw: number) => ours / raw;
  const itself = (value: number) => value;
  const rate = ({ perSecond }: { perSecond: number }) => perSecond;
  const cpu = ({ cpuMs }: { cpuMs: number }) => cpuMs;
  return {
    loginsPerRawHash: overTurns(logins, { ours: rate, raw: rate }, ratio),
    loginCpuBeyondHashMs: overTurns(logins, { ours: cpu, raw: cpu }, (ours, raw) => ours - raw),
    guardedGetsPerRawGet: overTurns(gets, { ours: itself, raw: itself }, ratio),
    refreshesPerRawWrite: overTurns(refreshes, { ours: rate, raw: itself }, ratio),
    raw: {
      hashesPerSecond: mean(logins.map(({ raw }) => raw[1].perSecond)),
      getsPerSecond: mean(gets.map(({ raw }) => raw[1])),
      writesPerSecond: mean(refreshes.map(({ raw }) => raw[1])),
    },
  };
}
