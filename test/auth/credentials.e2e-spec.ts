import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { makeApiKey } from '../support/credentials.js';
import { join, newAddress, Person, signUp } from '../support/people.js';
import { startApp, TestApp } from '../support/start-app.js';

let service: TestApp;
let ada: Person;
let apiKey: string;
beforeAll(async () => {
  service = await startApp();
  ada = await join(service);
  apiKey = await makeApiKey(service, ada);
});
afterAll(() => service.close());

const me = (headers: Record<string, string>) => service.api.with(headers).get('/user/me');

/** Status of GET /user/me with header lines as they are, repeated ones included. */
function statusOfRaw(...headers: [string, string][]): Promise<number | undefined> {
  const lines = [['host', new URL(service.api.url).host], ...headers].flat();
  return new Promise((resolve, reject) => {
    const sent = request(`${service.api.url}/user/me`, { headers: lines }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode));
    });
    sent.on('error', reject).end();
  });
}

interface Operation {
  security?: object[];
  parameters?: unknown[];
}

/** Without any alternative, or with an empty one, credentials may be left out. */
function isOptional(security: object[]): boolean {
  return security.length === 0 || security.some((one) => Object.keys(one).length === 0);
}

/** Every operation of the OpenAPI document: method, path with invented ids, and whether it is open to everybody. */
const SOME_ID = '019b7a3e-7d5e-7c8a-9d3f-2b1c4d5e6f70';

async function operations(): Promise<{ method: string; path: string; isOpen: boolean }[]> {
  const { body } = await service.api.get('/docs-json');
  return Object.entries<Record<string, Operation>>(body.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { security }]) => ({
      method: method.toUpperCase(),
      path: path.replace(/{\w+}/g, SOME_ID),
      isOpen: isOptional(security ?? body.security),
    })),
  );
}

describe('The guard', () => {
  it('requires credentials for every operation that the document does not mark as public', async () => {
    const closed = (await operations()).filter(({ isOpen }) => !isOpen);
    expect(closed.length).toBeGreaterThan(8);
    for (const { method, path } of closed) {
      const { status, body } = await service.api.send(method, path, method === 'GET' ? undefined : {});
      expect([method, path, status, body.code]).toEqual([method, path, 401, 'UNAUTHORIZED']);
    }
  });

  it('leaves public only what people without an account need', async () => {
    const open = (await operations()).filter(({ isOpen }) => isOpen).map(({ method, path }) => `${method} ${path}`);
    expect(open.sort()).toEqual([
      'GET /.well-known/jwks.json',
      'GET /health/live',
      'GET /health/ready',
      `GET /voices/${SOME_ID}/preview`,
      'POST /auth/forgot-password',
      'POST /auth/login',
      'POST /auth/refresh-token',
      'POST /auth/resend-code',
      'POST /auth/reset-password',
      'POST /auth/signup',
      'POST /auth/verify-email',
    ]);
  });

  it('responds with the common error body, and reveals nothing of the token', async () => {
    const { status, body, headers } = await me({});
    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toBe('Bearer realm="talkstack"');
    expect(body).toEqual({
      message: expect.any(String),
      status: 'error',
      code: 'UNAUTHORIZED',
      requestId: headers.get('x-request-id'),
    });
  });

  it('lets an open operation be, whatever credentials come with it', async () => {
    const { status } = await service.api.as({ token: 'x', apiKey: 'x' }).post('/auth/login', ada);
    expect(status).toBe(200);
  });

  it.each(['Bearer', 'bearer', 'BEARER', 'bEaReR'])('takes the scheme as %s', async (scheme) => {
    expect((await me({ authorization: `${scheme} ${ada.token}` })).status).toBe(200);
  });

  it('accepts several blanks after the scheme, and white space around the header', async () => {
    for (const value of [`Bearer  ${ada.token}`, `bearer${' '.repeat(50)}${ada.token}`]) {
      expect((await me({ authorization: value })).status).toBe(200);
    }
    expect(await statusOfRaw(['authorization', ` \t Bearer ${ada.token} \t `])).toBe(200);
    expect(await statusOfRaw(['x-api-key', ` \t${apiKey}\t `])).toBe(200);
  });

  it('refuses an Authorization header that is not a scheme, blanks and a token', async () => {
    const { token } = ada;
    const fullWidth = Buffer.from(`Bearer ${token}`.replace('B', '\uFF22')).toString('latin1');
    const values = [
      ...['', 'Bearer', 'Bearer ', 'Bearer null', 'Bearer undefined', 'Bearer .', 'Bearer ..', 'Bearer ...'],
      ...[token, `Token ${token}`, `Basic ${token}`, `Bearer${token}`, `Bearer:${token}`, `Bearer=${token}`],
      ...[`Bearer\t${token}`, `Bearer \t${token}`, `Bearer \u00A0${token}`, `Bearer\u00A0${token}`],
      ...[`Bearer Bearer ${token}`, `Bearer ${token} ${token}`, `Bearer ${token},`, `Bearer ${token}, Bearer ${token}`],
      ...[`Bearer "${token}"`, `Bearer '${token}'`, `Bearer <${token}>`, `Bearer ${token};a=b`, `Bearer ${token}=`],
      ...[`Bearer token=${token}`, `Bearer ${encodeURIComponent(`${token}|`)}`, `Bearer ${token.replace('.', ' .')}`],
      ...[fullWidth, `Basic ${Buffer.from(`${ada.email}:${ada.password}`).toString('base64')}`, `Bearer ${apiKey}`],
      ...[`Bearer ${randomBytes(6000).toString('base64url')}`],
    ];
    for (const value of values) {
      const { status, body } = await me({ authorization: value });
      expect([value, status, body.status]).toEqual([value, 401, 'error']);
    }
  });

  it('takes credentials from the headers alone', async () => {
    const query = `token=${ada.token}&access_token=${ada.token}&api_key=${apiKey}&x-api-key=${apiKey}`;
    expect((await service.api.get(`/user/me?${query}`)).status).toBe(401);
    expect((await me({ cookie: `token=${ada.token}; access_token=${ada.token}; x-api-key=${apiKey}` })).status).toBe(
      401,
    );
    const inBody = { token: ada.token, access_token: ada.token, apiKey };
    expect((await service.api.post('/auth/logout', inBody)).status).toBe(401);
    expect((await me({ 'proxy-authorization': `Bearer ${ada.token}`, 'api-key': apiKey })).status).toBe(401);
  });

  it('refuses requests that repeat Authorization or X-API-Key', async () => {
    const good: [string, string] = ['authorization', `Bearer ${ada.token}`];
    expect(await statusOfRaw(good)).toBe(200);
    expect(await statusOfRaw(['authorization', 'Bearer x'], good)).toBe(401);
    expect(await statusOfRaw(['x-api-key', apiKey])).toBe(200);
    expect(await statusOfRaw(['x-api-key', apiKey], ['x-api-key', apiKey])).toBe(401);
    expect(await statusOfRaw(['x-api-key', 'x'], ['x-api-key', apiKey])).toBe(401);
  });

  it('refuses the token of a signup whose mailbox is not proved, and takes it after that', async () => {
    const email = newAddress();
    const { body } = await signUp(service, email);
    const headers = { authorization: `Bearer ${body.token}` };
    // The second time the caches know the token and its session.
    for (const answer of [await me(headers), await me(headers)]) {
      expect(answer).toMatchObject({ status: 401, body: { code: 'EMAIL_NOT_VERIFIED' } });
    }
    const code = await service.mailbox.nextCode(email);
    await service.api.post('/auth/verify-email', { email, code });
    expect((await me(headers)).status).toBe(200);
  });
});

describe('A token and an API key together', () => {
  const both = (token: string, key: string) => me({ authorization: `Bearer ${token}`, 'x-api-key': key });

  it('are accepted when they belong to one user', async () => {
    expect((await both(ada.token, apiKey)).status).toBe(200);
    expect((await service.api.as({ token: ada.token, apiKey }).get('/user/sessions')).status).toBe(200);
  });

  it('are refused when they belong to two users', async () => {
    const bob = await join(service);
    for (const [token, key] of [
      [bob.token, apiKey],
      [ada.token, await makeApiKey(service, bob)],
    ]) {
      expect(await both(token, key)).toMatchObject({ status: 401, body: { code: 'CREDENTIALS_DISAGREE' } });
    }
  });

  it.each(['', 'x', '0'.repeat(64)])('are refused when the key is no key (%j)', async (key) => {
    expect(await both(ada.token, key)).toMatchObject({ status: 401, body: { code: 'API_KEY_INVALID' } });
  });

  it('are refused when the token is malformed or has expired', async () => {
    const bob = await join(service);
    const key = await makeApiKey(service, bob);
    expect(await both('x', key)).toMatchObject({ status: 401, body: { code: 'TOKEN_INVALID' } });
    expect((await me({ authorization: 'Basic eDp5', 'x-api-key': key })).status).toBe(401);
    await service.api.as({ token: bob.token }).post('/auth/logout');
    expect(await both(bob.token, key)).toMatchObject({ status: 401, body: { code: 'TOKEN_INVALID' } });
    expect((await me({ 'x-api-key': key })).status).toBe(200);
  });
});
