import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { CallPage } from './call-page.js';
import { databaseMakers } from './databases.js';
import { callReport } from './call-report.js';
import { Child } from './child.js';
import { type Lateness, watchLateness } from './lateness.js';
import type { CallTimes } from './load-call.js';
import { Account, makeAccount } from './operations.js';

/** `npm run bench:calls`: calls at once on the browser phone, which this process plays; providers are twins that answer after a known time. */
const { values: options } = parseArgs({
  options: {
    calls: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '30' },
    /** Milliseconds that the twins take. */
    model: { type: 'string', default: '200' },
    speech: { type: 'string', default: '100' },
    /** `sqlite`, whose writes wait for the disk in the thread of the sound, or `mariadb`. */
    database: { type: 'string', default: 'mariadb' },
  },
});
const [calls, seconds] = [Number(options.calls), Number(options.seconds)];
const MAX_PAGES = 16;
const METRICS_TOKEN = 'a token for this benchmark';
const ACCEPTED_PER_SECOND = 50;
const say = (line: string): void => void process.stderr.write(`${line}\n`);

async function post(url: string, { token }: Account, path: string, body: object) {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  const response = await fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${path} was answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as Record<string, unknown>;
}

/** The value of a counter of the service. */
async function counter(url: string, name: string): Promise<number> {
  const response = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${METRICS_TOKEN}` } });
  return Number(new RegExp(`^${name} (\\d+)`, 'm').exec(await response.text())?.[1]);
}

/** What turns took on average by the service's own count, milliseconds by stage. */
async function stageMeans(url: string): Promise<Record<string, number>> {
  const response = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${METRICS_TOKEN}` } });
  const text = await response.text();
  const figures = (name: string) =>
    [...text.matchAll(new RegExp(`^call_turn_seconds_${name}\\{stage="(\\w+)"\\} ([\\d.]+)`, 'gm'))].map(
      ([, stage, value]): [string, number] => [stage, Number(value)],
    );
  const counts = new Map(figures('count'));
  return Object.fromEntries(figures('sum').map(([stage, sum]) => [stage, (1000 * sum) / (counts.get(stage) ?? NaN)]));
}

/** An agent whose calls are recorded, with a number. */
async function makeAgent(url: string, account: Account) {
  const { projectId } = account.agent;
  const agent = { name: 'Jo', systemInstruction: 'Answer.', projectId, phoneNumber: '+12025550100' };
  const { id } = await post(url, account, '/agent/create-agent', { ...agent, settings: { recording: true } });
  return { projectId, agentId: String(id) };
}

async function untilAllRing(pages: CallPage[]): Promise<void> {
  while (pages.reduce((sum, page) => sum + page.waiting, 0) < calls) await delay(50);
  // The greetings are made meanwhile.
  await delay(3000);
}

/** Calls of the project by their outcome. */
async function outcomes(url: string, account: Account, projectId: string): Promise<Map<string, number>> {
  for (;;) {
    const { calls: page } = await post(url, account, '/call/get-call-history', { projectId, pageSize: 100 });
    const found = page as { status: string; endedReason: string; endTime: string | null }[];
    if (found.some(({ endTime }) => endTime === null)) await delay(200);
    else return countOf(found.map(({ status, endedReason }) => `${status}, ${endedReason}`));
  }
}

function countOf(texts: string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const one of texts) counts.set(one, (counts.get(one) ?? 0) + 1);
  return counts;
}

async function acceptAll(pages: CallPage[]): Promise<void> {
  for (let i = 0; pages.some((page) => page.waiting > 0); i += 1) {
    pages[i % pages.length].acceptNext();
    await delay(1000 / ACCEPTED_PER_SECOND);
  }
  say('all are answered');
}

async function measure(server: Child, idle: Child) {
  const { url } = server;
  const account = await makeAccount(url);
  const agent = await makeAgent(url, account);
  const times: CallTimes = { greeting: [], turn: [], bargeIn: [] };
  const count = Math.min(MAX_PAGES, calls);
  const pages = await Promise.all(
    Array.from({ length: count }, (_, i) => CallPage.open(url, times, (call) => call % count === i)),
  );
  const memoryBefore = server.memoryMb();
  for (let i = 0; i < calls; i += 1) {
    await post(url, account, '/call/makeCall', { number: `+1202555${String(1000 + i)}`, ...agent });
  }
  await untilAllRing(pages);
  say('all ring');
  const stops = pages.map((page) => page.speak());
  await acceptAll(pages);
  await fetch(idle.url);
  const stopWatching = watchLateness();
  const frames = {
    sent: -(await counter(url, 'call_frames_sent_total')),
    late: -(await counter(url, 'call_frames_late_total')),
  };
  const [startedAt, cpuBefore] = [performance.now(), server.cpuMs()];
  await delay(seconds * 1000);
  const cores = (server.cpuMs() - cpuBefore) / (performance.now() - startedAt);
  const floor = (await (await fetch(idle.url)).json()) as Lateness;
  const client = stopWatching();
  frames.sent += await counter(url, 'call_frames_sent_total');
  frames.late += await counter(url, 'call_frames_late_total');
  const stages = await stageMeans(url);
  const memoryMb = server.memoryMb() - memoryBefore;
  for (const page of pages) page.hangUp();
  const ended = await outcomes(url, account, agent.projectId);
  for (const stop of stops) stop();
  for (const page of pages) page.close();
  const lost = pages.reduce((sum, page) => sum + page.lost, 0);
  return { calls, times, cores, memoryMb, floor, client, frames, stages, ended, lost };
}

const folder = mkdtempSync(join(tmpdir(), 'talkstack-bench-calls-'));
const makers = await databaseMakers(say);
const database = await makers[options.database === 'sqlite' ? 0 : makers.length - 1]();
const twins = await Child.start('bench/call-twins.js', {}, options.model, options.speech);
const idle = await Child.start('bench/idle.js', {});
const server = await Child.start('bundle/main.js', {
  NODE_ENV: 'development',
  PORT: '0',
  DATABASE_URL: database.url,
  RECORDINGS_URL: `file:${join(folder, 'recordings')}`,
  APP_SECRET: 'a secret for benchmarks, of no use elsewhere',
  METRICS_TOKEN,
  LOG_LEVEL: 'warn',
  LLM_URL: `${twins.url}/v1`,
  LLM_MODEL: 'twin',
  TTS_URL: `${twins.url}/v1`,
  TTS_MODEL: 'twin',
  POCKETSPHINX: 'off',
  CALLS_PER_PROJECT: String(calls),
  CALLS_PER_INSTANCE: String(calls),
  CALLS_PER_SECOND: '1000',
  CALL_RING_SECONDS: '600',
  CALL_SILENCE_SECONDS: '60',
  CALL_MAX_SECONDS: '3600',
  THROTTLE_IP_PER_MINUTE: '100000',
  THROTTLE_WRITES_PER_MINUTE: '100000',
});
try {
  const found = await measure(server, idle);
  process.stdout.write(callReport(found, database.name, Number(options.model) + Number(options.speech)));
} finally {
  for (const child of [server, twins, idle]) await child.stop();
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
}
