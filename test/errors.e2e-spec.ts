import { readdirSync } from 'node:fs';
import { join as joinPath } from 'node:path';
import { ErrorEntry } from '../src/common/app-error.js';
import { withoutTables } from './openapi/broken-database.js';
import { sendRaw } from './openapi/raw-request.js';
import { MANY_REQUESTS } from './openapi/settings.js';
import { ApiAnswer } from './support/api-client.js';
import { join, PASSWORD, Person, signUp } from './support/people.js';
import { startApp, TestApp } from './support/start-app.js';

const LIMIT_BYTES = 100 * 1024;
const JSON_TYPE = { 'content-type': 'application/json' };
const FLOWS: [path: string, field: string, unreadable: number][] = [
  ['/auth/signup', 'signupStatus', 4],
  ['/auth/verify-email', 'verificationStatus', 0],
  ['/auth/login', 'loginStatus', 8],
];

/** The one shape: these fields, in JSON, under the requestId of the header, and nothing else. */
function expectError({ status, body, headers }: ApiAnswer, wanted: number, code: string, more: object = {}): void {
  expect({ status, body }).toEqual({
    status: wanted,
    body: {
      message: expect.stringMatching(/\.$/),
      status: 'error',
      code,
      requestId: headers.get('x-request-id'),
      ...more,
    },
  });
  expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
}

describe('Errors', () => {
  let service: TestApp;
  let ada: Person;
  beforeAll(async () => {
    service = await startApp(MANY_REQUESTS);
    ada = await join(service);
  });
  afterAll(() => service.close());

  const json = (path: string, body: string | Uint8Array) => sendRaw(service, path, { headers: JSON_TYPE, body });

  it.each(['GET /nothing', 'POST /nothing', 'GET /auth/login', 'DELETE /auth/signup', 'PUT /user', 'OPTIONS /user/me'])(
    'answers %s with 404: there is no such endpoint',
    async (request) => {
      const [method, path] = request.split(' ');
      expectError(await sendRaw(service, path, { method }), 404, 'ROUTE_NOT_FOUND');
      expectError(await sendRaw(service, path, { method, headers: JSON_TYPE }), 404, 'ROUTE_NOT_FOUND');
    },
  );

  it('answers HEAD as GET, without the body', async () => {
    expect(await sendRaw(service, '/health/live', { method: 'HEAD' })).toMatchObject({ status: 200, body: '' });
    expect(await sendRaw(service, '/user/me', { method: 'HEAD' })).toMatchObject({ status: 401, body: '' });
    expect(await sendRaw(service, '/nothing', { method: 'HEAD' })).toMatchObject({ status: 404, body: '' });
  });

  describe.each(FLOWS)('on %s carry %s, for a request that cannot be read too:', (path, field, unreadable) => {
    it.each([
      '{',
      '{"email":}',
      "{'email':'a'}",
      '[]',
      '[{}]',
      '"text"',
      '5',
      'true',
      'null',
      '{"a":1}{"b":2}',
      '\u0000',
    ])('the body %j', async (body) =>
      expectError(await json(path, body), 400, 'REQUEST_MALFORMED', { [field]: unreadable }),
    );

    it('a body that is no UTF-8', async () => {
      const { status, body } = await json(path, new Uint8Array([0x7b, 0xff, 0xfe, 0x7d]));
      expect({ status, number: body[field] }).toEqual({ status: 400, number: unreadable });
    });

    it.each([
      { 'content-type': 'text/plain' },
      { 'content-type': 'application/x-www-form-urlencoded' },
      { 'content-type': 'multipart/form-data; boundary=x' },
      { 'content-type': 'application/vnd.api+json' },
      { 'content-type': 'nonsense' },
      {},
    ])('a body sent as %j', async (headers) => {
      const answer = await sendRaw(service, path, { headers: headers as Record<string, string>, body: '{}' });
      expectError(answer, 415, 'NOT_JSON', { [field]: unreadable });
    });

    it.each([false, true])('a body of more than 100 kB (in pieces: %s)', async (chunked) => {
      const body = JSON.stringify({ email: 'a'.repeat(LIMIT_BYTES) });
      const answer = await sendRaw(service, path, { headers: JSON_TYPE, body, chunked });
      expectError(answer, 413, 'BODY_TOO_LARGE', { [field]: unreadable });
    });

    it('missing fields, and no body at all', async () => {
      for (const body of [undefined, '', '{}', '{"email":"  ","password":null,"name":"","code":" "}']) {
        const answer = await sendRaw(service, path, { headers: JSON_TYPE, body });
        const missing = {
          [field]: 0,
          errors: expect.arrayContaining([{ field: 'email', message: 'email is missing' }]),
        };
        expectError(answer, 400, 'CREDENTIALS_MISSING', missing);
      }
    });
  });

  it('do not arise from JSON of exactly 100 kB, from other spellings of its content type, or from unknown fields', async () => {
    const request = { email: ada.email, password: PASSWORD, padding: '' };
    request.padding = 'a'.repeat(LIMIT_BYTES - JSON.stringify(request).length);
    for (const type of ['application/json', 'application/json; charset=utf-8', 'Application/JSON;charset=UTF-8']) {
      const headers = { 'content-type': type };
      expect((await sendRaw(service, '/auth/login', { headers, body: JSON.stringify(request) })).status).toBe(200);
    }
  });

  it('do not arise from the content type on a request without a body', async () => {
    const as = { ...JSON_TYPE, authorization: `Bearer ${ada.token}` };
    expect((await sendRaw(service, '/user/me', { method: 'GET', headers: as })).status).toBe(200);
    expect((await sendRaw(service, '/user/apikey', { method: 'DELETE', headers: as })).status).toBe(200);
    expect((await sendRaw(service, '/auth/logout', { headers: as })).status).toBe(200);
  });

  it.each(['/user/%', '/user/%zz', '/user/sessions/%E0%A4%A', '/%c0%ae%c0%ae/'])(
    'answer the URL %s with 400',
    async (path) => expectError(await sendRaw(service, path, { method: 'DELETE' }), 400, 'REQUEST_MALFORMED'),
  );

  it.each(['/user/..%2f..%2fetc', '/user/%00', '//user/me', '/user/me%0d%0aset-cookie:a=b'])(
    'answer the URL %s with 404',
    async (path) => {
      const answer = await sendRaw(service, path, { method: 'GET' });
      expectError(answer, 404, 'ROUTE_NOT_FOUND');
      expect(answer.headers.get('set-cookie')).toBeNull();
    },
  );

  it('have their shape even where a parameter, the URL or the headers are too long', async () => {
    const long = 'a'.repeat(2000);
    expectError(await sendRaw(service, `/user/sessions/${long}`, { method: 'DELETE' }), 400, 'REQUEST_MALFORMED');
    expectError(await sendRaw(service, `/${long}`, { method: 'GET' }), 404, 'ROUTE_NOT_FOUND');
    const headers = { 'x-long': 'a'.repeat(20_000) };
    expectError(await sendRaw(service, '/user/me', { method: 'GET', headers }), 400, 'REQUEST_MALFORMED');
    expectError(await sendRaw(service, `/${'a'.repeat(20_000)}`, { method: 'GET' }), 400, 'REQUEST_MALFORMED');
  });

  it('of ours say nothing of the cause, which the log has under the same requestId', async () => {
    const body = { email: ada.email, password: PASSWORD, name: 'Ada', code: '123456' };
    await withoutTables(
      service,
      async () => {
        for (const [path, field] of FLOWS) {
          const answer = await service.api.post(path, body);
          expectError(answer, 500, 'INTERNAL_ERROR', { [field]: expect.any(Number) });
          const lines = service.logs.filter((line) => line.includes(answer.body.requestId));
          const [cause] = lines.map((line) => JSON.parse(line)).filter(({ err }) => err);
          expect(cause).toMatchObject({ code: 'INTERNAL_ERROR', err: { stack: expect.stringMatching(/users/) } });
          expect(lines.join()).not.toContain(PASSWORD);
        }
      },
      'users',
    );
    expect((await service.api.post('/auth/login', body)).status).toBe(200);
  });

  it('keep a well-formed x-request-id and replace any other', async () => {
    for (const given of ['abcdefgh', '0123-4567_89.ab', 'a'.repeat(64)]) {
      const answer = await sendRaw(service, '/user/me', { method: 'GET', headers: { 'x-request-id': given } });
      expectError(answer, 401, 'UNAUTHORIZED');
      expect(answer.body.requestId).toBe(given);
    }
    for (const given of [
      'short',
      'a'.repeat(65),
      'with space',
      '<script>alert(1)</script>',
      'a"b"c"d"e',
      'äöüäöüäöü',
    ]) {
      const answer = await sendRaw(service, '/user/me', { method: 'GET', headers: { 'x-request-id': given } });
      expectError(answer, 401, 'UNAUTHORIZED');
      expect(answer.body.requestId).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  it('do not arise from keys that would change prototypes; such keys are dropped', async () => {
    const { email } = (await signUp(service)).body.user;
    const polluted = `{"__proto__":{"isAdmin":true,"password":"x"},"constructor":{"prototype":{"isAdmin":true}},
      "email":"${email}","password":"${PASSWORD}","nested":{"__proto__":{"isAdmin":true}}}`;
    expectError(await json('/auth/login', polluted), 401, 'ACCOUNT_NOT_VERIFIED', { loginStatus: 2 });
    const inherited = `{"email":"${email}","__proto__":{"password":"${PASSWORD}"}}`;
    const errors = [{ field: 'password', message: 'password is missing' }];
    expectError(await json('/auth/login', inherited), 400, 'CREDENTIALS_MISSING', { loginStatus: 0, errors });
    expect(({} as any).isAdmin).toBeUndefined();
  });

  it.each(['\ud800', '\udfff', '\u0000'])('meet the character %j in any field with 4xx', async (half) => {
    for (const [path] of FLOWS) {
      for (const email of [`${half}@example.com`, `ada@${half}.com`, half]) {
        const answer = await service.api.post(path, { email, password: half, name: half, code: half });
        expect({ path, email, status: answer.status }).toEqual({ path, email, status: 400 });
      }
    }
  });

  it.each(['[', '{"a":'])('meet nesting of %j with 4xx, in a known field and in an unknown one', async (open) => {
    const [close, inner] = open === '[' ? [']', ''] : ['}', '1'];
    for (const field of ['email', 'other']) {
      for (const depth of [10, 100, 5_000, 15_000]) {
        const value = open.repeat(depth) + inner + close.repeat(depth);
        const { status, body } = await json('/auth/login', `{"${field}":${value},"password":"x"}`);
        expect({ field, depth, status, code: body.code }).toMatchObject({ status: 400 });
      }
    }
  });

  it('have codes that are there once, and statuses that the API may answer', async () => {
    const root = joinPath(__dirname, '../src');
    const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.errors.ts'),
    );
    const modules = await Promise.all(files.map((file) => import(joinPath(root, file))));
    const tables = modules.flatMap((module: object) => Object.values(module));
    const entries = tables.flatMap((table: object) => Object.entries<ErrorEntry>(table as any));
    const codes = entries.map(([, { code }]) => code);
    expect(codes.length).toBeGreaterThan(25);
    expect(codes).toEqual([...new Set(codes)]);
    for (const [name, { code, status, message }] of entries) {
      expect({ name, code }).toEqual({ name: code, code: expect.stringMatching(/^[A-Z][A-Z_]+$/) });
      expect({ code, status: [400, 401, 403, 404, 413, 415, 429, 500, 503].includes(status) }).toEqual({
        code,
        status: true,
      });
      expect({ code, message }).toEqual({ code, message: expect.stringMatching(/^[A-Z].*\.$/) });
    }
  });
});
