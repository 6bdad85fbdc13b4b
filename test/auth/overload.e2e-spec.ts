import { once } from 'node:events';
import { connect, Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { PasswordHasher } from '../../src/auth/password-hasher.js';
import { join, Person } from '../support/people.js';
import { startApp, TestApp } from '../support/start-app.js';

const CORES = 2;
const QUEUE = 3;

describe('More logins than the service can take', () => {
  let service: TestApp;
  let ada: Person;
  let hasher: PasswordHasher;
  beforeAll(async () => {
    service = await startApp({
      HASH_CONCURRENCY: String(CORES),
      HASH_QUEUE_LENGTH: String(QUEUE),
      THROTTLE_TRIES_PER_QUARTER_HOUR: '20',
      THROTTLE_FREE_FAILURES: '10',
    });
    ada = await join(service);
    hasher = service.app.get(PasswordHasher);
  });
  afterAll(() => service.close());

  const logIn = () => service.api.post('/auth/login', { email: ada.email, password: ada.password });

  /** Logins whose body is as long as they say, or will be. */
  const knock = (count: number, length: number, body = ''): Socket[] =>
    Array.from({ length: count }, () => {
      const { hostname, port } = new URL(service.api.url);
      const socket = connect(Number(port), hostname).on('error', () => undefined);
      const head = [
        'POST /auth/login HTTP/1.1',
        'Host: test',
        'Content-Type: application/json',
        'Expect: 100-continue',
      ];
      socket.write(`${[...head, `Content-Length: ${length}`].join('\r\n')}\r\n\r\n${body}`);
      return socket;
    });

  /** Keeps every core and every place in the queue taken while `story` goes on: whoever is done begins anew at once. */
  async function whileFull(story: () => Promise<void>): Promise<void> {
    let isOver = false;
    const others = Array.from({ length: CORES + QUEUE }, async () => {
      while (!isOver) await hasher.hash('the password of somebody else');
    });
    await story().finally(() => (isOver = true));
    await Promise.all(others);
  }

  it('get 503 with Retry-After when the bounded queue is full, with at most one hash per core at a time', () =>
    whileFull(async () => {
      const answers = await Promise.all(Array.from({ length: 40 }, logIn));
      expect(hasher.underWay).toBe(CORES);
      expect(hasher.queued).toBe(QUEUE);
      for (const { status, body, headers } of answers) {
        expect(status).toBe(503);
        expect(body).toMatchObject({ status: 'error', code: 'OVERLOADED', loginStatus: 8 });
        expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
      }
    }));

  it('do not hold up guarded reads and health, which are answered while every core hashes', () =>
    whileFull(async () => {
      for (let i = 0; i < 10; i += 1) {
        expect((await service.api.as(ada).get('/user/sessions/current')).status).toBe(200);
        expect((await service.api.get('/health/live')).status).toBe(200);
      }
      expect(hasher.queued).toBe(QUEUE);
    }));

  it('do not spend a try each: afterwards the owner logs in at once', async () => {
    await whileFull(async () => {
      const statuses = (await Promise.all(Array.from({ length: 40 }, logIn))).map(({ status }) => status);
      expect(new Set(statuses)).toEqual(new Set([503]));
    });
    expect((await logIn()).status).toBe(200);
  });

  it('are refused before they are counted when they come all at once', async () => {
    const statuses = (await Promise.all(Array.from({ length: 40 }, logIn))).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200, 503]));
    expect((await logIn()).status).toBe(200);
  });

  it('are refused before their body has arrived', () =>
    whileFull(async () => {
      const [socket] = knock(1, 1000);
      let answer = '';
      while (!answer.includes('HTTP/1.1 503 ')) answer += String((await once(socket, 'data'))[0]);
      socket.destroy();
    }));

  it('do not lose their places to clients that send slowly', async () => {
    const slow = knock(2 * (CORES + QUEUE), 1000);
    // 100 Continue: the service has read the head, and waits for the body.
    await Promise.all(slow.map((socket) => once(socket, 'data')));
    expect((await logIn()).status).toBe(200);
    for (const socket of slow) socket.destroy();
  });

  it('free their places when clients hang up', async () => {
    const body = JSON.stringify({ email: ada.email, password: ada.password });
    const before = hasher.begun;
    const gone = knock(CORES + QUEUE, body.length, body);
    while (hasher.begun === before) await setImmediate();
    for (const socket of gone) socket.destroy();
    while (hasher.requestsInside > 0) await setImmediate();
    const answers = await Promise.all(Array.from({ length: CORES + QUEUE }, logIn));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  });

  it('leave nothing behind: no hash runs or waits when they are over', () => {
    expect(hasher.queued).toBe(0);
    expect(hasher.underWay).toBe(0);
  });
});
