import { once } from 'node:events';
import { IncomingMessage, Server } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { text } from 'node:stream/consumers';
import { withoutTables } from '../openapi/broken-database.js';
import { ApiAnswer } from '../support/api-client.js';
import { alter } from '../support/codes.js';
import { join } from '../support/people.js';
import { startApp, TestApp } from '../support/start-app.js';
import { killProcesses, startProcess } from '../support/start-process.js';
import { TcpGate } from '../support/tcp-gate.js';
import { createTestDatabase, isSqlite } from '../support/test-database.js';

const AWAY = {
  status: 'error',
  code: 'DATABASE_UNAVAILABLE',
  message: expect.any(String),
  requestId: expect.any(String),
};

function expectAway({ status, body, headers }: ApiAnswer): void {
  expect({ status, body }).toMatchObject({ status: 503, body: AWAY });
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
}

describe('The health of a service', () => {
  let service: TestApp;
  beforeAll(async () => (service = await startApp()));
  afterAll(() => service.close());
  afterEach(() => killProcesses());

  it('sends no Strict-Transport-Security outside production, where it would lock people out of plain http', async () => {
    const { headers } = await service.api.get('/health/live');
    expect(headers.get('strict-transport-security')).toBeNull();
  });

  it('is asked without credentials: it lives, and is ready', async () => {
    expect(await service.api.get('/health/live')).toMatchObject({ status: 200, body: { status: 'success' } });
    const ready = await service.api.get('/health/ready');
    expect(ready).toMatchObject({ status: 200, body: { status: 'success', database: 'up' } });
    expect(ready.body.providers).toMatchObject({ languageModel: ['scripted'], textToSpeech: ['flite'] });
  });

  it('is not ready while a migration is missing', async () => {
    const newest = 'SELECT * FROM migrations ORDER BY id DESC LIMIT 1';
    const [{ id, timestamp, name }] = await service.query(newest);
    await alter(service, `DELETE FROM migrations WHERE id = ${id}`);
    expectAway(await service.api.get('/health/ready'));
    expect((await service.api.get('/health/live')).status).toBe(200);
    await alter(service, `INSERT INTO migrations (id, timestamp, name) VALUES (${id}, ${timestamp}, '${name}')`);
    expect((await service.api.get('/health/ready')).status).toBe(200);
  });

  it('is not ready on a database that was never migrated', async () => {
    await withoutTables(service, async () => expectAway(await service.api.get('/health/ready')));
    expect((await service.api.get('/health/ready')).status).toBe(200);
  });

  if (!isSqlite()) {
    it('is not ready while the database is away, and ready when it is back', async () => {
      const database = await createTestDatabase();
      const gate = new TcpGate(new URL(database.url));
      await gate.open();
      const server = await startProcess({ DATABASE_URL: gate.url }, tmpdir());
      expect((await server.api.get('/health/ready')).status).toBe(200);
      await gate.shut();
      expectAway(await server.api.get('/health/ready'));
      expectAway(await server.api.post('/auth/login', { email: 'ada@example.com', password: 'x' }));
      expect((await server.api.get('/health/live')).status).toBe(200);
      await gate.open();
      expect((await server.api.get('/health/ready')).status).toBe(200);
      await server.stop();
      await gate.shut();
      await database.drop();
    });
  }
});

describe('Every answer', () => {
  let service: TestApp;
  let token: string;
  beforeAll(async () => {
    service = await startApp({ HSTS: '300' });
    ({ token } = await join(service));
  });
  afterAll(() => service.close());

  const port = () => Number(new URL(service.api.url).port);
  const faultsLoggedSince = (count: number) => service.logs.slice(count).filter((line) => JSON.parse(line).level >= 50);

  /** All that the server says to these bytes until it hangs up. */
  async function exchange(bytes: string): Promise<{ status: number; headers: Headers; body: any }> {
    const socket = connect(port(), '127.0.0.1');
    socket.write(bytes);
    const [head, body] = (await text(socket)).split('\r\n\r\n');
    const [statusLine, ...lines] = head.split('\r\n');
    const headers = lines.map((line) => line.split(/: (.*)/s).slice(0, 2) as [string, string]);
    return { status: Number(statusLine.split(' ')[1]), headers: new Headers(headers), body: JSON.parse(body) };
  }

  function expectSecurityHeaders(headers: Headers): void {
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-security-policy': expect.stringMatching(/default-src '(none|self)'.*frame-ancestors 'none'/),
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'strict-transport-security': 'max-age=300',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'cache-control': expect.any(String),
      'x-request-id': expect.any(String),
    });
    expect(headers.get('server') ?? headers.get('x-powered-by')).toBeNull();
  }

  it.each([
    ['GET /health/live', 200],
    ['GET /user/me', 200],
    ['GET /user/sessions', 200],
    ['GET /.well-known/jwks.json', 200],
    ['GET /docs', 200],
    ['GET /docs/swagger-ui.css', 200],
    ['GET /docs-json', 200],
    ['GET /reset-password', 200],
    ['POST /auth/login', 400],
    ['GET /nothing', 404],
    ['GET /user/%zz', 400],
    ['OPTIONS /user/me', 404],
  ])('to %s (%i) has the security headers', async (request, wanted) => {
    const [method, path] = request.split(' ');
    const { status, headers } = await service.api.as({ token }).send(method, path);
    expect(status).toBe(wanted);
    expectSecurityHeaders(headers);
  });

  it('to a fault of the service has them too', async () => {
    await withoutTables(service, async () => {
      const { status, headers } = await service.api.post('/auth/login', { email: 'ada@example.com', password: 'x' });
      expect(status).toBe(500);
      expectSecurityHeaders(headers);
    });
  });

  const SECRET = 'a-password-on-the-wire';
  const head = 'POST /auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';

  it.each([
    ['no HTTP at all', `${SECRET}\r\n\r\n`],
    ['an unknown method', `STEAL /auth/login HTTP/1.1\r\nHost: localhost\r\n\r\n`],
    ['another protocol', `GET / HTTP/9.9\r\nHost: localhost\r\n\r\n`],
    ['a header that is none', `${head}${SECRET}\r\n\r\n`],
    ['a control character in a header', `${head}X-Secret: ${SECRET}\u0001\r\n\r\n`],
    ['two lengths', `${head}Content-Length: 5\r\nContent-Length: 6\r\n\r\n`],
    ['a length that is none', `${head}Content-Length: five\r\n\r\n`],
    ['a length beside pieces', `${head}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    ['no Host', `GET /health/live HTTP/1.1\r\n\r\n`],
    ['headers of 20 kB', `${head}X-Long: ${SECRET.repeat(1000)}\r\n\r\n`],
  ])('to %s is the one error body, and the connection is closed', async (_, bytes) => {
    const { status, headers, body } = await exchange(bytes);
    expect({ status, body }).toEqual({
      status: 400,
      body: { ...AWAY, code: 'REQUEST_MALFORMED', requestId: headers.get('x-request-id') },
    });
    expect(headers.get('connection')).toBe('close');
    expectSecurityHeaders(headers);
    expect(service.logs.join('')).not.toContain(SECRET);
    expect((await service.api.get('/health/live')).status).toBe(200);
  });

  it.each([
    [
      'expects a miracle',
      'GET /health/live HTTP/1.1\r\nHost: localhost\r\nExpect: a miracle\r\nConnection: close\r\n\r\n',
    ],
    ['is of HTTP/1.0, which knows no Host', 'GET /health/live HTTP/1.0\r\n\r\n'],
  ])('to a request that %s is that to any other', async (_, bytes) => {
    const { status, headers, body } = await exchange(bytes);
    expect({ status, body }).toMatchObject({ status: 200, body: { status: 'success' } });
    expectSecurityHeaders(headers);
  });

  it('comes in bounded time, even to a request that never ends', async () => {
    const before = service.logs.length;
    const server: Server = service.app.getHttpServer();
    expect(server.requestTimeout).toBe(30_000);
    server.headersTimeout = server.requestTimeout = 1;
    try {
      for (const part of [`${head}Content-Length: 100\r\n\r\n{"email":"`, head]) {
        expect(await exchange(part)).toMatchObject({ status: 400, body: { code: 'REQUEST_MALFORMED' } });
      }
    } finally {
      server.headersTimeout = server.requestTimeout = 30_000;
    }
    expect(faultsLoggedSince(before)).toEqual([]);
  });

  it('leaves a client alone that hangs up in the middle', async () => {
    const before = service.logs.length;
    const arrival = once(service.app.getHttpServer(), 'request');
    const socket = connect(port(), '127.0.0.1');
    socket.write(`${head}Content-Length: 100\r\n\r\n{"email":"`);
    const [request] = (await arrival) as [IncomingMessage];
    const isGone = new Promise((resolve) => request.once('close', resolve));
    socket.resetAndDestroy();
    await isGone;
    expect((await service.api.get('/health/live')).status).toBe(200);
    expect(faultsLoggedSince(before)).toEqual([]);
  });
});
