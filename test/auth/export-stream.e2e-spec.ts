import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { request } from 'undici';
import { ExportPlaces } from '../../src/auth/export-places.js';
import { Database } from '../../src/database/database.js';
import { DatabaseSettings } from '../../src/database/database.settings.js';
import { writeAgents } from '../support/agents.js';
import { join, Person } from '../support/people.js';
import { createProject } from '../support/projects.js';
import { startApp, TestApp } from '../support/start-app.js';
import { TestClock } from '../support/test-clock.js';
import { until } from '../support/until.js';

const MB = 1024 * 1024;
const INSTRUCTION = 'x'.repeat(65_535);

let service: TestApp;
/** Whose exports are far larger than all that a connection takes without its client reading. */
let ada: Person;
let bob: Person;
let carol: Person;
beforeAll(async () => {
  service = await startApp({ TRUST_PROXY: 'loopback' });
  [ada, bob, carol] = [await join(service), await join(service), await join(service)];
  await makeAgents(ada, 1000);
  await makeAgents(bob, 300);
});
/** A story that failed leaves its connections to nobody. */
const opened = new Set<Socket>();
afterEach(() => {
  for (const socket of opened) socket.destroy();
  opened.clear();
});
afterAll(() => service.close());

async function makeAgents(person: Person, count: number): Promise<void> {
  const { id, user_id } = await createProject(service, person);
  await writeAgents(service, user_id, id, count, INSTRUCTION);
}

/** A connection that asks for an export and reads nothing until it is resumed. HTTP/1.0 ends a body by the end of its connection. */
class RawExport {
  private readonly socket: Socket;

  constructor({ token }: Person, times = 1, version = '1.0') {
    const { hostname, port } = new URL(service.api.url);
    this.socket = connect({ host: hostname, port: Number(port) });
    opened.add(this.socket);
    this.socket.write(
      `GET /user/export HTTP/${version}\r\nhost: talkstack.test\r\nauthorization: Bearer ${token}\r\n\r\n`.repeat(
        times,
      ),
    );
    this.socket.on('error', () => undefined);
  }

  /** Resolves with the first bytes of the answer; reads no more of it. */
  begun(): Promise<string> {
    return new Promise((resolve, reject) => {
      this.socket.once('error', reject).once('data', (data: Buffer) => {
        this.socket.pause().removeAllListeners('data');
        resolve(data.toString());
      });
    });
  }

  /** Resolves with the last of what arrives until the connection is over. */
  async readOn(): Promise<string> {
    let end = '';
    this.socket.on('data', (data: Buffer) => (end = (end + data.toString()).slice(-100))).resume();
    await once(this.socket, 'close');
    return end;
  }

  leave(): void {
    this.socket.destroy();
  }
}

const openSnapshots = (): number => service.app.get(Database).openSnapshots;

/** Waits until so many exports wait for a place. */
async function queued(count: number): Promise<void> {
  await until(() => service.app.get(ExportPlaces).queued === count);
}

async function allGivenBack(): Promise<void> {
  await until(() => openSnapshots() === 0);
  const both = [new RawExport(ada), new RawExport(bob)];
  for (const one of both) expect(await one.begun()).toContain('200 OK');
  for (const one of both) one.leave();
  await until(() => openSnapshots() === 0);
}

/** Bytes that are referred to. */
function memoryInUse(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

describe('An export of a thousand agents of 64 kB', () => {
  it('takes a few megabytes of memory, and is of one moment, while others read and write', async () => {
    const before = memoryInUse();
    const { body } = await request(`${service.api.url}/user/export`, {
      headers: { authorization: `Bearer ${ada.token}` },
    });
    const grown: number[] = [];
    let late = '';
    let [bytes, end] = [0, ''];
    for await (const chunk of body as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      end = (end + chunk.toString()).slice(-2000);
      if (bytes < (grown.length + 1) * 15 * MB) continue;
      grown.push(memoryInUse() - before);
      // The client reads nothing meanwhile: whatever the export held, this would wait for.
      late = (await createProject(service, ada, `Late ${grown.length}`)).id;
      expect((await service.api.as(ada).get(`/project/${late}`)).status).toBe(200);
    }
    expect(bytes).toBeGreaterThan(1000 * INSTRUCTION.length);
    expect(end).toMatch(/"incomplete":\[\]\}\}$|"user".*\}\}$/);
    expect(end).not.toContain(late);
    expect(grown).toHaveLength(4);
    expect(Math.max(...grown) / MB).toBeLessThan(20);
  });
});

describe('Places for exports', () => {
  it('are not all had by one account or one network', async () => {
    const first = new RawExport(ada);
    await first.begun();
    // One a user: the second waits although there is room, and nobody waits behind it.
    const second = new RawExport(ada);
    await queued(1);
    const other = new RawExport(bob);
    await other.begun();
    // Two a network: of this one nobody else gets in, of another one somebody does at once.
    const third = new RawExport(carol);
    await queued(2);
    const elsewhere = service.api.as(carol).with({ 'x-forwarded-for': '2001:db8:1:1::7' });
    expect((await elsewhere.get('/user/export')).status).toBe(200);
    for (const one of [first, second, other, third]) one.leave();
    await queued(0);
    await allGivenBack();
  });

  it('count a /56 of IPv6 as one network', async () => {
    const places = new ExportPlaces(new DatabaseSettings(), new TestClock());
    const never = new AbortController();
    const leave = await places.take('a', '2001:db8:1:1::7', never.signal);
    await places.take('b', '2001:db8:1:2::7', never.signal);
    const third = places.take('c', '2001:db8:1:3::7', never.signal);
    expect(places.queued).toBe(1);
    await places.take('d', '2001:db8:1:100::7', never.signal);
    leave();
    await third;
    expect(places.queued).toBe(0);
  });
});

describe('A client of an export', () => {
  it('that leaves gives its place and its snapshot back, at whatever moment', async () => {
    for (const person of [ada, bob, ada]) new RawExport(person).leave();
    const begun = [new RawExport(ada), new RawExport(bob)];
    for (const one of begun) await one.begun();
    // These wait for a place, or for the answer before theirs on their connection.
    const waiting = [new RawExport(ada), new RawExport(carol), new RawExport(bob, 3, '1.1')];
    await queued(3);
    for (const one of waiting) one.leave();
    await queued(0);
    for (const one of begun) one.leave();
    await allGivenBack();
    const pipelined = new RawExport(ada, 3, '1.1');
    await pipelined.begun();
    pipelined.leave();
    await allGivenBack();
  });

  it('that does not read is cut off after half a minute; who waits for its place is told to come later', async () => {
    const idle = [new RawExport(ada), new RawExport(bob)];
    for (const one of idle) expect(await one.begun()).toContain('200 OK');
    const waiting = service.api.as(carol).get('/user/export');
    await queued(1);
    service.clock.advance(20_500);
    const { status, body, headers } = await waiting;
    expect([status, body.code, headers.get('retry-after')]).toEqual([503, 'OVERLOADED', '60']);
    expect(openSnapshots()).toBeGreaterThan(0);
    service.clock.advance(40_000);
    await until(() => openSnapshots() === 0);
    for (const one of idle) expect(await one.readOn()).toMatch(/[^}]$/);
    await allGivenBack();
  });

  it('that reads for ten minutes is cut off by a reset, so that it takes no part for the whole', async () => {
    const url = `${service.api.url}/user/export`;
    // As many proxies speak to servers: without a length or chunks, an orderly end of the connection is the end of the document.
    const slow = ['--http1.0', '--limit-rate', '4M', '--silent'];
    const curl = spawn('curl', [...slow, '-H', `authorization: Bearer ${ada.token}`, url], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const ended = once(curl, 'exit');
    await once(curl.stdout, 'data');
    curl.stdout.resume();
    service.clock.advance(600_000);
    // Its own code for a connection that failed while it received.
    expect(await ended).toEqual([56, null]);
    await allGivenBack();
  });
});
