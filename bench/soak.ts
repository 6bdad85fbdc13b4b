import { mkdtempSync, rmSync } from 'node:fs';
import { connect, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Agent, request } from 'undici';
import { Child } from './child.js';

/**
 * `npm run soak -- --minutes 10`: hostile and honest traffic at the same time against the built server on SQLite. Ends with 1 unless
 * honest clients were served all the while. Clients have loopback addresses of their own, so that limits per IP are those of production.
 */
const METRICS_TOKEN = 'soak-metrics-token';
const PASSWORD = 'correct horse battery staple';
const HONEST_CLIENTS = 8;
/** Shares of honest requests that must succeed: reads always, logins but for those that a full queue sends away once. */
const LEAST_READS = 0.999;
const LEAST_LOGINS = 0.9;

interface Tally {
  done: number;
  failed: number;
  statuses: Map<string, number>;
}

const newTally = (): Tally => ({ done: 0, failed: 0, statuses: new Map() });
const reads = newTally();
const logins = newTally();
const hostile = newTally();

function count(tally: Tally, status: number | string, isFailure: boolean): void {
  tally.done += 1;
  if (isFailure) tally.failed += 1;
  tally.statuses.set(String(status), (tally.statuses.get(String(status)) ?? 0) + 1);
}

/** A client with an address of its own. */
class Client {
  private readonly agent: Agent;

  constructor(
    private readonly url: string,
    readonly address: string,
  ) {
    this.agent = new Agent({ connect: { localAddress: address }, connections: 4 });
  }

  async send(method: 'GET' | 'POST', path: string, body?: object, token?: string) {
    const response = await request(this.url + path, {
      method,
      dispatcher: this.agent,
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.body.text();
    return { status: response.statusCode, text, retryAfter: Number(response.headers['retry-after'] ?? 0) };
  }

  /** Opens a connection past HTTP clients, writes and reads nothing. */
  dial(text: string): Socket {
    const { hostname, port } = new URL(this.url);
    const socket = connect({ host: hostname, port: Number(port), localAddress: this.address });
    socket.on('error', () => undefined).write(text);
    return socket.pause();
  }
}

async function signUp(client: Client, email: string): Promise<void> {
  await client.send('POST', '/auth/signup', { email, password: PASSWORD, name: 'Ada' });
  const { text } = await client.send('GET', `/dev/mail/latest?to=${encodeURIComponent(email)}`);
  const [code] = /\b\d{6}\b/.exec(text) ?? [''];
  const { status } = await client.send('POST', '/auth/verify-email', { email, code });
  if (status !== 200) throw new Error(`The honest client could not sign up: ${status}`);
}

/** Logs in, then reads for some seconds, again and again. */
async function beHonest(client: Client, email: string, until: number): Promise<void> {
  while (Date.now() < until) {
    const { status, text } = await client
      .send('POST', '/auth/login', { email, password: PASSWORD })
      .catch((error: Error) => ({ status: 0, text: error.message }));
    count(logins, status, status !== 200);
    if (status !== 200) {
      await delay(2000);
      continue;
    }
    const { token } = JSON.parse(text) as { token: string };
    for (let i = 0; i < 50 && Date.now() < until; i += 1) {
      const path = ['/user/me', '/project', '/user/sessions?pageSize=5'][i % 3];
      const read = await client.send('GET', path, undefined, token).catch(() => ({ status: 0 }));
      count(reads, read.status, read.status !== 200);
      await delay(100);
    }
  }
}

const MARKS = `a${'\u0315'.repeat(24_000)}${'\u0334'.repeat(24_000)}`;
const CJK = Array.from({ length: 30_000 }, (_, i) => String.fromCodePoint(0x4e00 + (i % 20_000))).join('');
const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: soak\r\n\r\n`;
const LOGIN_BODY = JSON.stringify({ email: 'nobody@example.com', password: 'a wrong password' });
const LOGIN = `POST /auth/login HTTP/1.1\r\nHost: soak\r\nContent-Type: application/json\r\nContent-Length: ${LOGIN_BODY.length}\r\n\r\n${LOGIN_BODY}`;

/** What attackers do, each a round that takes a second or so. */
const ATTACKS: ((client: Client, round: number) => Promise<void>)[] = [
  async (client) => {
    const socket = client.dial(get('/docs/swagger-ui-bundle.js').repeat(8) + LOGIN.repeat(66));
    await delay(1000);
    socket.destroy();
  },
  async (client) => {
    const socket = client.dial(get('/docs-yaml').repeat(300));
    await delay(1000);
    socket.destroy();
  },
  async (client) => {
    const body = { email: 'a@example.com', password: MARKS, name: MARKS };
    for (const path of ['/auth/signup', '/auth/login']) {
      const { status } = await client.send('POST', path, body);
      count(hostile, status, status >= 500 && status !== 503);
    }
    const { status } = await client.send('POST', '/auth/forgot-password', { email: `a@${CJK}.com` });
    count(hostile, status, status >= 500 && status !== 503);
    await delay(500);
  },
  async (client) => {
    const sockets = Array.from({ length: 100 }, () => client.dial('POST /auth/login HTTP/1.1\r\nHost: so'));
    await delay(3000);
    for (const socket of sockets) socket.destroy();
  },
  async (client, round) => {
    const email = `guess-${round % 20}@example.com`;
    const { status } = await client.send('POST', '/auth/login', { email, password: `guess ${round}` });
    count(hostile, status, status >= 500 && status !== 503);
    await delay(50);
  },
];

async function attack(client: Client, index: number, until: number): Promise<void> {
  for (let round = 0; Date.now() < until; round += 1) {
    await ATTACKS[index % ATTACKS.length](client, round).catch((error: Error) => count(hostile, error.name, false));
  }
}

async function metric(client: Client, name: string): Promise<number> {
  const { text } = await client.send('GET', '/metrics', undefined, METRICS_TOKEN);
  return Number(new RegExp(`^${name} (\\S+)`, 'm').exec(text)?.[1]);
}

function report(name: string, { done, failed, statuses }: Tally): string {
  const parts = [...statuses].sort().map(([status, number]) => `${status}: ${number}`);
  return `${name.padEnd(16)} ${done} (${parts.join(', ')}), failed ${failed}\n`;
}

async function soak(minutes: number): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'talkstack-soak-'));
  const server = await Child.start('bundle/main.js', {
    PORT: '0',
    DATABASE_URL: `sqlite:${join(folder, 'soak.db')}`,
    METRICS_TOKEN,
    LOG_LEVEL: 'error',
    DEV_PAGES: 'open',
  });
  try {
    const watcher = new Client(server.url, '127.0.0.1');
    const honest = Array.from({ length: HONEST_CLIENTS }, (_, i) => new Client(server.url, `127.0.1.${i + 1}`));
    await Promise.all(honest.map((client, i) => signUp(client, `honest-${i}@example.com`)));
    const before = server.memoryMb();
    const until = Date.now() + minutes * 60_000;
    const attackers = ATTACKS.flatMap((_, i) =>
      [0, 1].map((n) => ({ i, client: new Client(server.url, `127.0.2.${2 * i + n + 1}`) })),
    );
    await Promise.all([
      ...honest.map((client, i) => beHonest(client, `honest-${i}@example.com`, until)),
      ...attackers.map(({ client, i }) => attack(client, i, until)),
    ]);
    const p99 = (await metric(watcher, 'nodejs_eventloop_lag_p99_seconds')) * 1000;
    await delay(5000);
    process.stdout.write(report('honest reads', reads) + report('honest logins', logins) + report('hostile', hostile));
    process.stdout.write(
      `event loop delay p99 ${p99.toFixed(0)} ms; memory ${before.toFixed(0)} MB at the start, ${server.memoryMb().toFixed(0)} MB at the end\n`,
    );
    const share = ({ done, failed }: Tally) => (done === 0 ? 0 : 1 - failed / done);
    return share(reads) >= LEAST_READS && share(logins) >= LEAST_LOGINS && hostile.failed === 0;
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '10' } } });
const isServed = await soak(Number(values.minutes));
process.stdout.write(
  isServed ? 'Honest clients were served all the while.\n' : 'Honest clients were NOT served all the while.\n',
);
process.exit(isServed ? 0 : 1);
