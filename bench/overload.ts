import { setTimeout as delay } from 'node:timers/promises';
import { Child } from './child.js';
import { Measurement, send } from './load.js';
import { Account, bearer, PASSWORD } from './operations.js';
import { inTurns, mean, median, overTurns } from './turns.js';

const TIMES = 10;
/** How often the overload and the load that fits take turns. */
const TURNS = 3;
const PROBE_EVERY_MS = 50;
const TICK_MS = 10;

/** What ten times too many logins do to the service. */
export interface Overload {
  /** Logins done a second at the load that fits, and at ten times that; and the ratio of the two, in turns. */
  bestPerSecond: number;
  overloadedPerSecond: number;
  donePerBest: number;
  /** Answers by status under overload. */
  statuses: Record<number, number>;
  guardedP99Ms: { calm: number; overloaded: number };
  healthP99Ms: { calm: number; overloaded: number };
  memoryMb: { before: number; after: number };
}

function p99(values: number[]): number {
  values.sort((a, b) => a - b);
  return values[Math.min(values.length - 1, Math.floor(values.length * 0.99))] ?? NaN;
}

/** Sends logins at a steady rate, whether answers come or not (an open loop: overload does not slow its cause down). */
async function offer(server: Child, accounts: Account[], perSecond: number, seconds: number) {
  const statuses: Record<number, number> = {};
  const guarded: number[] = [];
  const health: number[] = [];
  const pending: Promise<unknown>[] = [];
  const startedAt = performance.now();
  const elapsed = () => (performance.now() - startedAt) / 1000;
  const probe = async (path: string, headers: Record<string, string>, into: number[]): Promise<void> => {
    const begun = performance.now();
    await send(server.url, { method: 'GET', path, headers });
    into.push(performance.now() - begun);
  };
  const logIn = async (): Promise<void> => {
    const { email } = accounts[Math.floor(Math.random() * accounts.length)];
    const { status } = await send(server.url, {
      method: 'POST',
      path: '/auth/login',
      body: { email, password: PASSWORD },
    });
    statuses[status] = (statuses[status] ?? 0) + 1;
  };
  let sent = 0;
  let probes = 0;
  while (elapsed() < seconds) {
    for (; sent < elapsed() * perSecond; sent += 1) pending.push(logIn());
    if (elapsed() * 1000 > probes * PROBE_EVERY_MS) {
      probes += 1;
      pending.push(probe('/user/sessions/current', bearer(accounts[0]), guarded), probe('/health/live', {}, health));
    }
    await delay(TICK_MS);
  }
  await Promise.all(pending);
  return { completed: (statuses[200] ?? 0) / elapsed(), statuses, guarded: p99(guarded), health: p99(health) };
}

/** Offers the load that fits, then ten times as much; the rest of the service must not feel it. */
export async function measureOverload(
  server: Child,
  accounts: Account[],
  seconds: number,
  measureLogin: () => Promise<Measurement>,
): Promise<Overload> {
  const before = server.memoryMb();
  const { perSecond: best } = await measureLogin();
  const calm = await offer(server, accounts, best * 0.9, seconds);
  const turns = await inTurns(() => offer(server, accounts, best * TIMES, seconds), measureLogin, TURNS);
  const overloaded = turns.map(({ ours }) => ours);
  const figures = {
    ours: ({ completed }: { completed: number }) => completed,
    raw: ({ perSecond }: Measurement) => perSecond,
  };
  const statuses: Record<number, number> = {};
  for (const [status, count] of overloaded.flatMap((one) => Object.entries(one.statuses))) {
    statuses[Number(status)] = (statuses[Number(status)] ?? 0) + count;
  }
  return {
    bestPerSecond: mean(turns.map(({ raw }) => raw[1].perSecond)),
    overloadedPerSecond: mean(overloaded.map(figures.ours)),
    donePerBest: overTurns(turns, figures, (ours, raw) => ours / raw),
    statuses,
    guardedP99Ms: { calm: calm.guarded, overloaded: median(overloaded.map(({ guarded }) => guarded)) },
    healthP99Ms: { calm: calm.health, overloaded: median(overloaded.map(({ health }) => health)) },
    memoryMb: { before, after: server.memoryMb() },
  };
}
