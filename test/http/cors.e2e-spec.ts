import { AddressSettings } from '../../src/http/address.settings.js';
import { loadServiceSettings } from '../../src/settings.js';
import { startApp, TestApp } from '../support/start-app.js';

const ORIGIN = 'https://app.example.com';
const JWKS = '/.well-known/jwks.json';

const corsOrigins = (settings: Record<string, string>) =>
  loadServiceSettings(settings).get(AddressSettings).corsOrigins;

describe('Pages of other origins', () => {
  let service: TestApp;
  beforeAll(async () => {
    const CORS_ORIGINS = `${ORIGIN}, http://localhost:*`;
    service = await startApp({ CORS_ORIGINS, THROTTLE_IP_PER_MINUTE: '1' });
  });
  afterAll(() => service.close());

  const preflight = (origin: string, path = '/user/me') =>
    service.api.with({ origin, 'access-control-request-method': 'POST' }).send('OPTIONS', path);

  it('get a preflight response, without guards and throttling, that lists allowed methods and headers', async () => {
    for (let i = 0; i < 3; i += 1) {
      const { status, body, headers } = await preflight(ORIGIN, '/auth/login');
      expect({ status, body }).toEqual({ status: 204, body: '' });
      expect(Object.fromEntries(headers)).toMatchObject({
        'access-control-allow-origin': ORIGIN,
        'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
        'access-control-allow-headers':
          'authorization, x-api-key, content-type, idempotency-key, x-request-id, x-device-token',
        vary: 'Origin',
      });
      expect(headers.has('access-control-allow-credentials')).toBe(false);
    }
  });

  it('may read every response when they are in CORS_ORIGINS, errors too', async () => {
    const from = service.api.with({ origin: ORIGIN });
    const answers = [
      await from.get('/user/me'),
      await from.post('/auth/login', {}),
      await from.post('/auth/login', {}),
      await from.get('/nothing'),
      await from.get('/user/%zz'),
      await from.get('/docs-json'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([401, 400, 429, 404, 400, 200]);
    for (const { headers } of answers) {
      expect(headers.get('access-control-allow-origin')).toBe(ORIGIN);
      expect(headers.get('vary')).toContain('Origin');
      expect(headers.get('access-control-expose-headers')).toBe(
        'x-request-id, retry-after, ratelimit-limit, ratelimit-remaining, ratelimit-reset, link, x-total-count, x-next-cursor',
      );
    }
  });

  it.each([
    'https://app.example.com.evil.test',
    'https://evil.test',
    'http://app.example.com',
    'https://app.example.com:8443',
    'https://APP.example.com',
    'http://localhost.evil.test:80',
    'http://localhost:80.evil.test',
    'http://localhost:80@evil.test',
    'https://localhost:80',
    'null',
    '*',
    '',
  ])('may read nothing when the origin is %s', async (origin) => {
    for (const { headers } of [await preflight(origin), await service.api.with({ origin }).get('/health/live')]) {
      expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
      expect(headers.get('vary')).toBe('Origin');
    }
    expect((await preflight(origin)).status).toBe(404);
  });

  it('may have any port when CORS_ORIGINS ends with :*', async () => {
    for (const origin of ['http://localhost', 'http://localhost:5173']) {
      expect((await preflight(origin)).headers.get('access-control-allow-origin')).toBe(origin);
    }
  });

  it('may always read the public signing keys', async () => {
    const { status, headers } = await service.api.with({ origin: 'https://evil.test' }).get(JWKS);
    expect({ status, origin: headers.get('access-control-allow-origin') }).toEqual({ status: 200, origin: '*' });
    expect((await preflight('https://evil.test', JWKS)).status).toBe(204);
  });

  it('are accepted from this machine by default, and refused in production', () => {
    const settings = {
      APP_SECRET: 'a secret that only tests know, 32 characters and more',
      DATABASE_URL: 'sqlite:data/x.db',
      PUBLIC_URL: 'https://talkstack.test',
      SMTP_URL: 'smtp://mail.test',
    };
    const local = ['http://localhost:*', 'http://127.0.0.1:*'];
    expect(corsOrigins({ ...settings, NODE_ENV: 'development' })).toEqual(local);
    expect(corsOrigins({ ...settings, NODE_ENV: 'production', MAIL_FROM: 'a@b.test' })).toEqual([]);
    expect(corsOrigins({ ...settings, CORS_ORIGINS: 'none' })).toEqual([]);
    for (const CORS_ORIGINS of [
      '*',
      'https://a.test/',
      'https://*.a.test',
      'a.test',
      'null',
      'https://a.test,',
      'https://A.test',
    ]) {
      expect(() => corsOrigins({ ...settings, CORS_ORIGINS })).toThrow(/CORS_ORIGINS/);
    }
  });
});
