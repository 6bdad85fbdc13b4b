import { once } from 'node:events';
import { connect, Socket } from 'node:net';
import { head, openRaw, readAll } from '../support/raw-connection.js';
import { Settings, startApp, TestApp } from '../support/start-app.js';

const LARGE_FILE = '/docs/swagger-ui-bundle.js';
const ASK = head('GET', '/health/live');
const MAX = 10;

// A connection that is never closed fails its test; the default would be three minutes for each.
jest.setTimeout(30_000);

describe('Connections', () => {
  let service: TestApp;
  const clients: Socket[] = [];
  const start = async (settings: Settings) => (service = await startApp(settings));
  afterEach(async () => {
    for (const client of clients.splice(0)) client.destroy();
    await service.close();
  });

  const open = async (text = '') => {
    const connection = await openRaw(service);
    clients.push(connection.client);
    if (text !== '') connection.client.write(text);
    return connection;
  };

  const openMany = async (count: number, text = '') => {
    const connections = [];
    for (let i = 0; i < count; i += 1) connections.push(await open(text));
    return connections;
  };

  /** Whether the service answers on a new connection. */
  const isServed = async () => {
    const { hostname, port } = new URL(service.api.url);
    const client = connect(Number(port), hostname).on('error', () => undefined);
    clients.push(client);
    client.write(head('GET', '/health/live', { connection: 'close' }));
    return (await readAll(client)).startsWith('HTTP/1.1 200');
  };

  const busy = head('POST', '/auth/login', { 'content-type': 'application/json', 'content-length': 10 });

  it.each([
    ['that send nothing', ''],
    ['that send half a head', 'GET / HTTP/1.1\r\nHost:'],
    ['that are idle after a response', ASK],
    ['that do not read a large response', head('GET', LARGE_FILE).repeat(8)],
    ['that do not hang up after an error', 'nonsense\r\n\r\n'],
  ])('%s are closed after their timeout', async (_, text) => {
    await start({ HEADERS_TIMEOUT_MS: '200', KEEP_ALIVE_TIMEOUT_MS: '200', UNREAD_TIMEOUT_MS: '200' });
    await (
      await open(text)
    ).closed;
  });

  it('that send half a request head are closed before older ones that send half a body', async () => {
    await start({ HEADERS_TIMEOUT_MS: '200' });
    const half = { body: await open(busy), head: await open('GET / HTTP/1.1\r\nHost:') };
    const closings = Object.entries(half).map(([part, { closed }]) => closed.then(() => part));
    expect(await Promise.race(closings)).toBe('head');
  });

  it('that read a response very slowly are closed after RESPONSE_TIMEOUT_MS', async () => {
    await start({ RESPONSE_TIMEOUT_MS: '1000', UNREAD_TIMEOUT_MS: '600000' });
    await (
      await open(head('GET', LARGE_FILE).repeat(8))
    ).closed;
  });

  it.each([
    ['of one IP', { MAX_CONNECTIONS_PER_IP: String(MAX) }],
    ['in all', { MAX_CONNECTIONS: String(MAX) }],
  ])('%s are limited: those that have been idle longest are closed for new ones', async (_, settings) => {
    await start(settings);
    const connections = await openMany(MAX + 3);
    await Promise.all(connections.slice(0, 3).map(({ closed }) => closed));
    expect(connections.slice(3).every(({ server }) => !server.destroyed)).toBe(true);
    expect(await isServed()).toBe(true);
  });

  it.each([
    ['of one IP', { MAX_CONNECTIONS_PER_IP: String(MAX) }],
    ['in all', { MAX_CONNECTIONS: String(MAX) }],
  ])(
    '%s that have a request under way are not closed for a new one, which is refused at the limit',
    async (_, settings) => {
      await start(settings);
      const connections = await openMany(MAX, busy);
      const server = service.app.getHttpServer();
      while (connections.some((connection) => connection.server.bytesRead === 0)) await once(server, 'request');
      expect(await isServed()).toBe(false);
      for (const { client } of connections.slice(0, 2)) client.destroy();
      await Promise.all(connections.slice(0, 2).map(({ closed }) => closed));
      expect(await isServed()).toBe(true);
    },
  );

  it('of a trusted proxy do not count against MAX_CONNECTIONS_PER_IP', async () => {
    await start({ MAX_CONNECTIONS_PER_IP: '2', TRUST_PROXY: 'loopback' });
    const connections = await openMany(5);
    expect(connections.every(({ server }) => !server.destroyed)).toBe(true);
    expect(await isServed()).toBe(true);
  });

  it('may pipeline a few requests, which are answered in order', async () => {
    await start({});
    const paths = ['/health/live', '/user/me', '/nothing', '/health/ready', '/health/live'];
    const { client } = await open(paths.map((path) => head('GET', path)).join(''));
    client.write(head('GET', '/nothing', { connection: 'close' }));
    const statuses = [...(await readAll(client)).matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status);
    expect(statuses).toEqual(['200', '401', '404', '200', '200', '404']);
  });
});
