import { connect, Socket } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { ApiDocument } from '../openapi/api-document.js';
import { join, Person } from '../support/people.js';
import { head, openRaw, readAll } from '../support/raw-connection.js';
import { startApp, TestApp } from '../support/start-app.js';

const PIPELINED = 300;
const MAX_RESPONSES = 9;
/** Generous: other programs use the machine as well. What these tests are about took 27 seconds. */
const MAX_DELAY_MS = 1000;
/** IDLE_CONNECTIONS=10000 takes some ten seconds, and as many file descriptors twice. */
const IDLE = Number(process.env.IDLE_CONNECTIONS ?? 2000);
const METRICS_TOKEN = 'a token for metrics';
const UNDOCUMENTED = [
  ...['/', '/favicon.svg', '/metrics', '/reset-password', '/reset-password/page.js', '/assets/page.css'],
  ...['/docs', '/docs/', '/docs/swagger-ui-init.js', '/docs/swagger-ui-bundle.js', '/docs-json', '/docs-yaml'],
  '/nothing',
];

describe('Clients that do not read their responses', () => {
  let service: TestApp;
  let ada: Person;
  beforeAll(async () => {
    service = await startApp({ METRICS_TOKEN, MAX_CONNECTIONS: '30000', HEADERS_TIMEOUT_MS: '60000' });
    ada = await join(service);
    await service.api.get('/docs-yaml');
  });
  afterAll(() => service.close());

  /** The longest time for which the event loop stood still during a story. */
  const delayOf = async (story: () => Promise<void>): Promise<number> => {
    const delay = monitorEventLoopDelay({ resolution: 10 });
    delay.enable();
    await story();
    delay.disable();
    return delay.max / 1e6;
  };

  it('lose their connection after a few responses when they send 300 requests at once, at every GET', async () => {
    const { operations } = await ApiDocument.of(service);
    const documented = operations.filter(({ method }) => method === 'GET').map(({ path }) => path.replace(/[{}]/g, ''));
    const attack = async (path: string) => {
      const token = path === '/metrics' ? METRICS_TOKEN : ada.token;
      const { client, closed } = await openRaw(service);
      client.write(head('GET', path, { authorization: `Bearer ${token}` }).repeat(PIPELINED));
      await closed;
      const responses = (await readAll(client)).split('HTTP/1.1 ').length - 1;
      expect({ path, isBounded: responses <= MAX_RESPONSES }).toEqual({ path, isBounded: true });
    };
    const delay = await delayOf(async () => {
      for (const path of [...documented, ...UNDOCUMENTED]) await attack(path);
    });
    expect(delay).toBeLessThan(MAX_DELAY_MS);
    expect((await service.api.get('/health/live')).status).toBe(200);
  });

  it('get the OpenAPI document compressed, and 304 while they have the current one', async () => {
    for (const path of ['/docs-json', '/docs-yaml']) {
      const plain = await service.api.get(path);
      const compressed = await fetch(service.api.url + path, { headers: { 'accept-encoding': 'br, gzip' } });
      expect(compressed.headers.get('content-encoding')).toBe('gzip');
      expect(Number(compressed.headers.get('content-length'))).toBeLessThan(
        Number(plain.headers.get('content-length')) / 4,
      );
      const text = await compressed.text();
      expect(text).toBe(typeof plain.body === 'string' ? plain.body : JSON.stringify(plain.body));
      const refused = service.api.with({ 'accept-encoding': 'gzip;q=0, identity' });
      expect((await refused.get(path)).headers.get('content-encoding')).toBeNull();
      const etag = plain.headers.get('etag') ?? '';
      expect(etag).not.toBe(compressed.headers.get('etag'));
      const again = await service.api.with({ 'if-none-match': `"other", W/${etag}` }).get(path);
      expect({ status: again.status, body: again.body, vary: again.headers.get('vary') }).toEqual({
        status: 304,
        body: '',
        vary: 'Origin, Accept-Encoding',
      });
    }
  });

  it('do not delay others, even 500 that send half a request head beside many idle ones', async () => {
    const { hostname, port } = new URL(service.api.url);
    const sockets: Socket[] = [];
    const openMany = async (count: number, text: string) => {
      for (let left = count; left > 0; left -= 100) {
        const batch = Array.from({ length: Math.min(left, 100) }, () => connect(Number(port), hostname));
        await Promise.all(batch.map((socket) => new Promise((done) => socket.once('connect', done))));
        for (const socket of batch) if (text !== '') socket.write(text);
        sockets.push(...batch.map((socket) => socket.on('error', () => undefined)));
      }
    };
    await openMany(500, 'GET /health/live HTTP/1.1\r\nHost: te');
    await openMany(IDLE, '');
    const delay = await delayOf(async () => {
      for (let i = 0; i < 10; i += 1) {
        const login = service.api.post('/auth/login', { email: ada.email, password: ada.password });
        const answers = await Promise.all([login, service.api.as(ada).get('/user/me'), service.api.get('/docs-json')]);
        expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
      }
    });
    expect(delay).toBeLessThan(MAX_DELAY_MS);
    for (const socket of sockets) socket.destroy();
  });
});
