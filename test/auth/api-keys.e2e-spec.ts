import { createHash, randomBytes } from 'node:crypto';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { MINUTE_MS, SECOND_MS } from '../../src/common/clock.js';
import { ApiKey } from '../../src/credentials/api-key.entity.js';
import { Database } from '../../src/database/database.js';
import { atOnce, makeApiKey } from '../support/credentials.js';
import { decode } from '../support/jwt.js';
import { join, Person } from '../support/people.js';
import { statementsOf } from '../support/query-log.js';
import { logIn, openSession, statusFor } from '../support/sessions.js';
import { NO_POLLS, startApp, TestApp } from '../support/start-app.js';
import { tablesWith } from '../support/tables.js';

let service: TestApp;
let other: TestApp;
beforeAll(async () => {
  service = await startApp(NO_POLLS);
  other = await service.another();
});
afterAll(() => service.close());

const keysOf = ({ email }: Person) =>
  service.query(`SELECT k.* FROM api_keys k JOIN users u ON u.id = k.user_id WHERE u.email = '${email}'`);

describe('An API key', () => {
  it('is 64 lower-case hex digits, shown once and kept only as hash and first 8 digits', async () => {
    const ada = await join(service);
    const { status, body, headers } = await service.api.as(ada).get('/user/generate-apikey');
    expect(status).toBe(200);
    expect(body).toEqual({
      message: expect.any(String),
      status: 'success',
      apiKey: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(headers.get('cache-control')).toBe('no-store');
    expect(await statusFor(service, body)).toBe(200);
    const hash = createHash('sha256').update(body.apiKey).digest('hex');
    expect(await keysOf(ada)).toMatchObject([{ key_hash: hash, prefix: body.apiKey.slice(0, 8) }]);
    expect(await tablesWith(service, body.apiKey)).toEqual([]);
    expect(service.logs.filter((line) => line.includes(body.apiKey))).toEqual([]);
  });

  it('is announced by a message that has only its first digits', async () => {
    const ada = await join(service);
    const apiKey = await makeApiKey(service, ada);
    const { subject, text, html } = await service.mailbox.next(ada.email);
    expect(subject).toContain('API key was created');
    expect(text).toContain(apiKey.slice(0, 8));
    expect(text + html).not.toContain(apiKey.slice(0, 9));
  });

  it('replaces the previous one, here at once and on other instances within 10 seconds', async () => {
    const ada = await join(service);
    const [first, second] = [await makeApiKey(service, ada), await makeApiKey(other, ada)];
    expect(second).not.toBe(first);
    const third = await service.api
      .as({ apiKey: second })
      .get('/user/me')
      .then(() => makeApiKey(other, ada));
    expect(await statusFor(other, { apiKey: second })).toBe(401);
    service.clock.advance(10 * SECOND_MS);
    for (const instance of [service, other]) {
      expect(await statusFor(instance, { apiKey: first })).toBe(401);
      expect(await statusFor(instance, { apiKey: second })).toBe(401);
      expect(await statusFor(instance, { apiKey: third })).toBe(200);
    }
  });

  it('keeps working for the configured overlap', async () => {
    const lenient = await service.another({ API_KEY_OVERLAP_SECONDS: '300' });
    const ada = await join(service);
    const [first, second] = [await makeApiKey(lenient, ada), await makeApiKey(lenient, ada)];
    service.clock.advance(290 * SECOND_MS);
    expect([await statusFor(lenient, { apiKey: first }), await statusFor(other, { apiKey: second })]).toEqual([
      200, 200,
    ]);
    service.clock.advance(10 * SECOND_MS);
    expect([await statusFor(lenient, { apiKey: first }), await statusFor(other, { apiKey: second })]).toEqual([
      401, 200,
    ]);
    const third = await makeApiKey(lenient, ada);
    expect((await keysOf(ada)).map(({ prefix }) => prefix).sort()).toEqual(
      [second, third].map((key) => key.slice(0, 8)).sort(),
    );
  });

  it('is only one, however many are generated at once on two instances', async () => {
    const ada = await join(service);
    const made = await atOnce(20, (i) => makeApiKey([service, other][i % 2], ada));
    expect(new Set(made).size).toBe(20);
    expect(await keysOf(ada)).toHaveLength(1);
    service.clock.advance(10 * SECOND_MS);
    const statuses = await Promise.all(made.map((apiKey) => statusFor(service, { apiKey })));
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 401)).toHaveLength(19);
  });

  it('is only one when the first two are generated at the same time', async () => {
    const ada = await join(service);
    for (let round = 0; round < 8; round += 1) {
      await service.app.get(Database).write(({ manager }) => manager.deleteAll(ApiKey));
      await atOnce(2, (i) => makeApiKey([service, other][i], ada));
      expect(await keysOf(ada)).toHaveLength(1);
    }
  });

  it('can be deleted, and is then refused at once', async () => {
    const ada = await join(service);
    const apiKey = await makeApiKey(service, ada);
    expect(await statusFor(service, { apiKey })).toBe(200);
    const { body } = await service.api.as(ada).delete('/user/apikey');
    expect(body).toEqual({ message: expect.any(String), status: 'success' });
    expect(await statusFor(service, { apiKey })).toBe(401);
    expect(await keysOf(ada)).toEqual([]);
  });

  it('notes when it was used, at most once a minute', async () => {
    const ada = await join(service);
    const apiKey = await makeApiKey(service, ada);
    const lastUse = async () => Number(new Date((await keysOf(ada))[0].last_used_at ?? 0));
    const noted = async (before: number) => {
      while ((await lastUse()) <= before) await turnOfTheLoop();
      return lastUse();
    };
    const statements = await statementsOf(service, async () => {
      for (let i = 0; i < 5; i += 1) await statusFor(service, { apiKey });
      const first = await noted(0);
      service.clock.advance(50 * SECOND_MS);
      await statusFor(service, { apiKey });
      service.clock.advance(11 * SECOND_MS);
      for (let i = 0; i < 5; i += 1) await statusFor(service, { apiKey });
      expect((await noted(first)) - first).toBeGreaterThanOrEqual(MINUTE_MS);
    });
    expect(statements.filter((text) => /^UPDATE .api_keys/.test(text))).toHaveLength(2);
  });
});

describe('With an API key alone', () => {
  it.each([
    ['GET', '/user/generate-apikey'],
    ['DELETE', '/user/apikey'],
    ['GET', '/user/export'],
    ['GET', '/user/sessions'],
    ['DELETE', '/user/sessions/SESSION'],
    ['DELETE', '/user'],
    ['POST', '/auth/logout'],
    ['POST', '/auth/logout-all'],
  ])('one may not %s %s', async (method, path) => {
    const ada = await join(service);
    const apiKey = await makeApiKey(service, ada);
    const url = path.replace('SESSION', String(decode(ada.token).payload.sid));
    const body = method === 'GET' ? undefined : { password: ada.password };
    const answer = await service.api.as({ apiKey }).send(method, url, body);
    expect(answer).toMatchObject({ status: 401, body: { status: 'error', code: 'BEARER_REQUIRED' } });
    expect([await statusFor(service, { token: ada.token }), await statusFor(service, { apiKey })]).toEqual([200, 200]);
    expect(await keysOf(ada)).toHaveLength(1);
  });

  it('the password can be changed with the old password', async () => {
    const ada = await join(service);
    const apiKey = await makeApiKey(service, ada);
    const phone = await openSession(service, ada);
    const change = (oldPassword: string) =>
      service.api.as({ apiKey }).post('/auth/change-password', { oldPassword, newPassword: 'a later horse' });
    expect(await change('wrong')).toMatchObject({ status: 401, body: { code: 'INVALID_PASSWORD' } });
    expect((await change(ada.password)).status).toBe(200);
    expect([await statusFor(service, { token: ada.token }), await statusFor(service, phone)]).toEqual([401, 401]);
    expect((await logIn(service, { email: ada.email, password: 'a later horse' })).status).toBe(200);
    expect(await statusFor(service, { apiKey })).toBe(200);
  });
});

describe('A malformed API key', () => {
  it('is refused with 401', async () => {
    const ada = await join(service);
    const apiKey = await makeApiKey(service, ada);
    const [{ key_hash: hash, id }] = await keysOf(ada);
    const near = [
      apiKey.toUpperCase(),
      apiKey.slice(1),
      `${apiKey}0`,
      `0${apiKey}`,
      `${apiKey}, ${apiKey}`,
      `Bearer ${apiKey}`,
    ];
    const strange = ['', ' ', 'x', '%00', `' OR '1'='1`, '*', '0'.repeat(64), randomBytes(32).toString('hex')];
    for (const key of [...near, ...strange, hash, id, ada.token, ada.refreshToken, ada.password]) {
      const answer = await service.api.as({ apiKey: key }).get('/user/me');
      expect([key, answer.status, answer.body.code]).toEqual([key, 401, 'API_KEY_INVALID']);
    }
    expect(await statusFor(service, { apiKey: ` ${apiKey} ` })).toBe(200);
  });
});
