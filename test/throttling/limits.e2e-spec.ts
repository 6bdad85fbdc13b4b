import { HOUR_MS, MINUTE_MS } from '../../src/common/clock.js';
import { atOnce, makeApiKey } from '../support/credentials.js';
import { join, newAddress, PASSWORD, signUp } from '../support/people.js';
import { TestApp } from '../support/start-app.js';
import { from, fromElsewhere, obey, startThrottled, statuses, stopClock, times, tryPassword } from './clients.js';
import { inOneNetwork } from './one-network.js';

let service: TestApp;
afterEach(() => service.clock.advance(HOUR_MS));

const isRefused = ({ status }: { status: number }) => status === 429;

describe('Limits of an IP', () => {
  beforeAll(async () => {
    service = await startThrottled({ THROTTLE_IP_PER_MINUTE: '3', THROTTLE_REFRESHES_PER_MINUTE: '3' });
    stopClock(service);
  });
  afterAll(() => service.close());

  it.each([
    ['/auth/signup', { signupStatus: 4 }],
    ['/auth/verify-email', { verificationStatus: 1 }],
    ['/auth/resend-code', {}],
    ['/auth/login', { loginStatus: 8 }],
    ['/auth/forgot-password', {}],
    ['/auth/reset-password', {}],
    ['/auth/refresh-token', {}],
  ])('%s answers 429 when one IP asks too often, whatever it asks, and only that IP', async (path, flow) => {
    const client = fromElsewhere(service);
    const bodies = [{ email: newAddress() }, { email: 7 }, undefined];
    for (const body of bodies) expect(isRefused(await client.api.post(path, body))).toBe(false);
    const refused = await client.api.post(path, { email: newAddress() });
    expect(refused).toMatchObject({ status: 429, body: { status: 'error', code: 'TOO_MANY_REQUESTS', ...flow } });
    expect(isRefused(await fromElsewhere(service).api.post(path, {}))).toBe(false);
    obey(service, refused);
    expect(isRefused(await client.api.post(path, {}))).toBe(false);
  });

  it('lets exactly as many of parallel requests in as the limit says', async () => {
    const client = fromElsewhere(service);
    const answers = await atOnce(50, () => tryPassword(client, newAddress()));
    expect(answers.filter(isRefused)).toHaveLength(47);
  });

  it('takes a /64 of IPv6 for one client, in whatever form its addresses come', async () => {
    const ips = ['2001:db8:1:2::1', '2001:0DB8:0001:0002:ffff::', '[2001:db8:1:2::9]:4711', '2001:db8:1:2::a%eth0'];
    expect(await statuses(4, (index) => tryPassword(from(service, ips[index]), newAddress()))).toEqual([
      ...times(3, 404),
      429,
    ]);
    expect((await tryPassword(from(service, '2001:db8:1:3::1'), newAddress())).status).toBe(404);
  });

  it('takes an IPv4 address for one client, with the port that some proxies add and as IPv6 spells it', async () => {
    const ips = ['192.0.2.7', '192.0.2.7:4711', '::ffff:192.0.2.7', '::ffff:c000:207'];
    expect(await statuses(4, (index) => tryPassword(from(service, ips[index]), newAddress()))).toEqual([
      ...times(3, 404),
      429,
    ]);
    expect((await tryPassword(from(service, '192.0.2.8'), newAddress())).status).toBe(404);
  });

  it('believes of X-Forwarded-For only what the trusted proxy wrote', async () => {
    const forged = (index: number) => tryPassword(from(service, `192.0.2.${index}, 198.51.100.9`), newAddress());
    expect(await statuses(4, forged)).toEqual([...times(3, 404), 429]);
  });

  it('takes what is no IP for the proxy itself', async () => {
    const junk = 'x'.repeat(500);
    const forged = (index: number) => tryPassword(from(service, `${junk}${index}`), newAddress());
    expect(await statuses(4, forged)).toEqual([...times(3, 404), 429]);
  });

  it('ignores X-Forwarded-For when no proxy is trusted', async () => {
    const bare = await service.another({ TRUST_PROXY: '' });
    const forged = (index: number) => tryPassword(from(bare, `192.0.2.${index}`), newAddress());
    expect(await statuses(4, forged)).toEqual([...times(3, 404), 429]);
  });
});

describe('Headers', () => {
  beforeAll(async () => {
    service = await startThrottled({
      THROTTLE_IP_PER_MINUTE: '5',
      THROTTLE_TRIES_PER_QUARTER_HOUR: '2',
      THROTTLE_FREE_FAILURES: '4',
    });
    stopClock(service);
  });
  afterAll(() => service.close());

  const rateLimit = ({ headers }: { headers: Headers }) =>
    ['limit', 'remaining', 'reset'].map((name) => Number(headers.get(`ratelimit-${name}`)));

  it('tell what is left of the tightest limit, on good answers and on errors', async () => {
    const client = fromElsewhere(service);
    const email = newAddress();
    expect(rateLimit(await client.api.post('/auth/forgot-password', { email }))).toEqual([2, 1, 900]);
    service.clock.advance(30_000);
    expect(rateLimit(await client.api.post('/auth/forgot-password', { email }))).toEqual([2, 0, 870]);
    expect(rateLimit(await client.api.post('/auth/forgot-password', {}))).toEqual([5, 2, 30]);
  });

  it('tell with a 429 when to come back, to the second', async () => {
    const client = fromElsewhere(service);
    const email = newAddress();
    const tries = await atOnce(8, () => tryPassword(client, email));
    const refused = tries.filter(isRefused);
    expect(refused).toHaveLength(6);
    for (const answer of refused) {
      expect(answer.headers.get('retry-after')).toBe('900');
      expect(rateLimit(answer)).toEqual([2, 0, 900]);
    }
    service.clock.advance(899_000);
    expect((await tryPassword(client, email)).headers.get('retry-after')).toBe('1');
    service.clock.advance(1000);
    expect((await tryPassword(client, email)).status).toBe(404);
  });

  it('name with a 429 the time after which no other limit is in the way either', async () => {
    const client = fromElsewhere(service);
    const email = newAddress();
    await statuses(2, () => tryPassword(client, email));
    await statuses(3, () => tryPassword(client, newAddress()));
    expect((await tryPassword(client, email)).headers.get('retry-after')).toBe('900');
    expect((await tryPassword(client, newAddress())).headers.get('retry-after')).toBe('60');
  });

  it('tell that a try that one limit refused was counted by no other', async () => {
    const client = fromElsewhere(service);
    const email = newAddress();
    await statuses(5, () => tryPassword(client, newAddress()));
    expect((await tryPassword(client, email)).status).toBe(429);
    service.clock.advance(MINUTE_MS);
    expect(rateLimit(await tryPassword(client, email)).slice(0, 2)).toEqual([2, 1]);
  });

  it('come with refusals that are no failures of the address', async () => {
    const client = fromElsewhere(service);
    const email = newAddress();
    expect(await statuses(5, () => tryPassword(client, email))).toEqual([404, 404, 429, 429, 429]);
    expect(await statuses(3, () => tryPassword(fromElsewhere(service), email))).toEqual([404, 404, 429]);
  });

  it('are not on endpoints without limits', async () => {
    const { headers } = await service.api.get('/health/live');
    expect([...headers.keys()].filter((name) => name.startsWith('ratelimit'))).toEqual([]);
  });
});

describe('Mail bombing', () => {
  beforeAll(async () => {
    service = await startThrottled({ THROTTLE_LETTERS_PER_HOUR: '4' });
    stopClock(service);
  });
  afterAll(() => service.close());

  it('stops at five signups of an address an hour from one network; a refused password is no signup', async () => {
    const email = newAddress();
    const weak = (client: TestApp) => signUp(client, email, 'password');
    expect(await statuses(10, () => weak(fromElsewhere(service)))).toEqual(times(10, 400));
    const client = inOneNetwork(service);
    const answers = await atOnce(20, () => signUp(client(), email));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(5);
    const refused = answers.filter(isRefused);
    expect(refused).toHaveLength(15);
    expect(refused[0].body).toMatchObject({ code: 'TOO_MANY_REQUESTS', signupStatus: 4 });
    expect(refused[0].headers.get('ratelimit-remaining')).toBe('0');
    expect((await signUp(fromElsewhere(service))).status).toBe(200);
    service.clock.advance(HOUR_MS);
    expect((await signUp(client(), email)).status).toBe(200);
  });

  it('stops silently where accounts are hidden: same answers, but no more letters', async () => {
    const hidden = await service.another({ ACCOUNT_DISCLOSURE: 'hidden' });
    const email = newAddress();
    const client = inOneNetwork(hidden);
    const answers = await atOnce(8, () => signUp(client(), email));
    expect(answers.map(({ status, body }) => [status, body.signupStatus])).toEqual(answers.map(() => [200, 3]));
    const letters = await service.query(`SELECT state FROM letters WHERE recipient = '${email}'`);
    expect(letters.filter(({ state }) => state !== 'void')).toHaveLength(5);
  });

  it('stops at so many letters of one IP an hour, over all endpoints that mail', async () => {
    const client = fromElsewhere(service);
    expect(await statuses(2, () => signUp(client))).toEqual([200, 200]);
    const ask = (path: string) => client.api.post(path, { email: newAddress() });
    expect([await ask('/auth/resend-code'), await ask('/auth/forgot-password')].some(isRefused)).toBe(false);
    service.clock.advance(MINUTE_MS);
    const more = [await signUp(client), await ask('/auth/resend-code'), await ask('/auth/forgot-password')];
    expect(more.map(({ status }) => status)).toEqual([429, 429, 429]);
    expect((await tryPassword(client, newAddress())).status).toBe(404);
  });
});

describe('Limits of a user', () => {
  beforeAll(async () => {
    service = await startThrottled({
      THROTTLE_FREE_FAILURES: '4',
      THROTTLE_FIRST_DELAY_SECONDS: '60',
      THROTTLE_API_KEYS_PER_HOUR: '2',
      THROTTLE_EXPORTS_PER_HOUR: '2',
    });
    stopClock(service);
  });
  afterAll(() => service.close());

  it('keep the password from whoever has a stolen token or key, through all ways of asking for it', async () => {
    const ada = await join(fromElsewhere(service));
    const { token } = ada;
    const apiKey = await makeApiKey(fromElsewhere(service), ada);
    const change = (oldPassword: string, index = 0) =>
      fromElsewhere(service)
        .api.as(index % 2 ? { token } : { apiKey })
        .post('/auth/change-password', {
          oldPassword,
          newPassword: 'a new and much better password',
          // Fields that the endpoint does not know must not make it another subject.
          email: newAddress(),
        });
    const deletion = () => fromElsewhere(service).api.as({ token }).delete('/user', { password: 'guessed' });
    expect(await statuses(3, (index) => change('guessed', index))).toEqual(times(3, 401));
    expect((await deletion()).status).toBe(401);
    const refused = [await change('guessed'), await deletion(), await change(PASSWORD)];
    expect(refused.map(({ status }) => status)).toEqual([429, 429, 429]);
    expect(refused[0].headers.get('retry-after')).toBe('60');
    obey(service, refused[0]);
    expect((await change(PASSWORD)).status).toBe(200);
  });

  it('count wrong passwords of a stolen token as failed logins of the address too', async () => {
    const ada = await join(fromElsewhere(service));
    const change = { oldPassword: 'guessed', newPassword: 'a new and much better password' };
    const asAda = () => fromElsewhere(service).api.as(ada);
    expect(await statuses(2, () => asAda().post('/auth/change-password', change))).toEqual([401, 401]);
    expect((await asAda().delete('/user', { password: 'guessed' })).status).toBe(401);
    expect(await statuses(2, () => tryPassword(fromElsewhere(service), ada.email))).toEqual([401, 429]);
  });

  it.each([
    ['API keys from being made', '/user/generate-apikey'],
    ['exports from being asked for', '/user/export'],
  ])('keep %s in a loop', async (_, path) => {
    const [ada, bob] = [await join(service), await join(service)];
    const ask = (token: string) => fromElsewhere(service).api.as({ token }).get(path);
    expect(await statuses(3, () => ask(ada.token))).toEqual([200, 200, 429]);
    expect((await ask(bob.token)).status).toBe(200);
  });
});
