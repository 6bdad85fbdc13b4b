import { once } from 'node:events';
import { connect, Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { PasswordHasher } from '../../src/auth/password-hasher.js';
import { join, Person } from '../support/people.js';
import { startApp, TestApp } from '../support/start-app.js';

const QUEUE = 3;
const CORES = 2;
const PLACES = CORES + QUEUE;
/** More than the send buffers of both ends hold, so that responses behind it wait for a reader. */
const LARGE_FILES = 'GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nHost: test\r\n\r\n'.repeat(6);

describe('Clients that abandon their logins', () => {
  let service: TestApp;
  let ada: Person;
  let hasher: PasswordHasher;
  beforeAll(async () => {
    service = await startApp({ HASH_CONCURRENCY: String(CORES), HASH_QUEUE_LENGTH: String(QUEUE) });
    ada = await join(service);
    hasher = service.app.get(PasswordHasher);
  });
  afterAll(() => service.close());

  const open = async (): Promise<Socket> => {
    const { hostname, port } = new URL(service.api.url);
    const socket = connect(Number(port), hostname).on('error', () => undefined);
    await once(socket, 'connect');
    return socket;
  };

  const login = (password: string) => {
    const body = JSON.stringify({ email: ada.email, password });
    const head = ['POST /auth/login HTTP/1.1', 'Host: test', 'Content-Type: application/json'];
    return `${[...head, `Content-Length: ${Buffer.byteLength(body)}`].join('\r\n')}\r\n\r\n${body}`;
  };

  /** Sends, waits for `stage`, hangs up. */
  const abandon = async (text: string, stage: () => Promise<void>): Promise<void> => {
    const socket = await open();
    socket.pause().write(text);
    await stage();
    socket.destroy();
  };

  const untilIdle = async (): Promise<void> => {
    const isBusy = () => hasher.requestsInside + hasher.underWay + hasher.queued > 0;
    for (let i = 0; i < 200 && isBusy(); i += 1) await service.api.get('/health/ready');
    expect(isBusy()).toBe(false);
  };

  /** One response after another is read to its end: the service has worked through what came before. */
  const untilServed = async (): Promise<void> => {
    for (let i = 0; i < 5; i += 1) await service.api.get('/health/live');
  };

  const expectAllPlacesFree = async (): Promise<void> => {
    await untilIdle();
    const logIn = () => service.api.post('/auth/login', { email: ada.email, password: ada.password });
    const statuses = (await Promise.all(Array.from({ length: PLACES }, logIn))).map(({ status }) => status);
    expect(statuses).toEqual(statuses.map(() => 200));
  };

  const STAGES: [string, (begun: number) => Promise<void>][] = [
    ['at once', () => Promise.resolve()],
    ['a moment after the last byte', () => setImmediate()],
    [
      'while a hash runs',
      async (begun) => {
        for (let i = 0; i < 1000 && hasher.begun === begun; i += 1) await setImmediate();
      },
    ],
    ['when every handler is done', () => untilServed().then(untilIdle)],
  ];
  const REQUESTS: [string, (count: number) => string][] = [
    ['one login', () => login(ada.password)],
    ['half a login', () => login(ada.password).slice(0, -10)],
    ['pipelined logins', (count) => login(ada.password).repeat(count)],
    ['pipelined logins behind large files that are not read', (count) => LARGE_FILES + login('wrong').repeat(count)],
    ['logins without fields', (count) => login('').repeat(count)],
  ];
  const cases = REQUESTS.flatMap(([what, text]) => STAGES.map(([when, stage]) => ({ what, when, text, stage })));

  it.each(cases)('leave no place taken: $what, connection killed $when', async ({ text, stage }) => {
    for (let i = 0; i < 2; i += 1) await abandon(text(PLACES + 5), () => stage(hasher.begun));
    await untilServed();
    await expectAllPlacesFree();
  });

  it('free their place although the connection stays open and the client reads nothing', async () => {
    const sockets = await Promise.all(Array.from({ length: 2 }, open));
    for (const socket of sockets) socket.pause().write(LARGE_FILES + login('wrong').repeat(PLACES + 5));
    await untilServed();
    await expectAllPlacesFree();
    for (const socket of sockets) socket.destroy();
  });
});
