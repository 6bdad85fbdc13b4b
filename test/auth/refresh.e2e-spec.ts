import { randomBytes } from 'node:crypto';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../src/common/clock.js';
import { SessionsService } from '../../src/credentials/sessions.service.js';
import { ApiAnswer } from '../support/api-client.js';
import { atOnce, makeApiKey, refresh } from '../support/credentials.js';
import { decode } from '../support/jwt.js';
import { join, newAddress, Person, signUp } from '../support/people.js';
import { openSession, statusFor } from '../support/sessions.js';
import { startApp, TestApp } from '../support/start-app.js';
import { tablesWith } from '../support/tables.js';

let service: TestApp;
beforeAll(async () => (service = await startApp()));
afterAll(() => service.close());

const REFUSED = { status: 401, body: { status: 'error', code: 'REFRESH_TOKEN_INVALID' } };

/** The next tokens of a session; fails when there are none. */
async function next({ refreshToken }: { refreshToken: string }): Promise<{ token: string; refreshToken: string }> {
  const { status, body } = await refresh(service, refreshToken);
  expect(status).toBe(200);
  return body;
}

function theftsOf({ email }: Person): Promise<unknown[]> {
  return service.query(`SELECT user_id FROM audit_events WHERE type = 'session-stolen' AND email = '${email}'`);
}

describe('Refreshing', () => {
  it('answers new tokens, the refresh token under both of its documented names', async () => {
    const ada = await join(service);
    const { status, body } = await refresh(service, ada.refreshToken);
    expect(status).toBe(200);
    expect(body).toEqual({
      token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      refreshToken: expect.stringMatching(/^[\w-]{43,}$/),
      resfreshToken: body.refreshToken,
      expirationTime: new Date((decode(body.token).payload.exp as number) * SECOND_MS).toISOString(),
    });
    expect(body.refreshToken).not.toBe(ada.refreshToken);
    expect(decode(body.token).payload.sid).toBe(decode(ada.token).payload.sid);
    expect([await statusFor(service, body), await statusFor(service, ada)]).toEqual([200, 200]);
    const again = { refreshToken: null, resfreshToken: body.resfreshToken };
    expect((await service.api.post('/auth/refresh-token', again)).status).toBe(200);
  });

  it.each([{}, { refreshToken: null }, { refreshToken: '' }, { refreshToken: '  ' }, { resfreshToken: ' ' }])(
    'answers 400 without a refresh token: %j',
    async (request) => {
      const answer = await service.api.post('/auth/refresh-token', request);
      expect(answer).toMatchObject({ status: 400, body: { code: 'CREDENTIALS_MISSING' } });
    },
  );

  it('answers 401 to anything that is no refresh token', async () => {
    const ada = await join(service);
    const token = ada.refreshToken;
    const flipped = token.slice(0, 60) + (token[60] === 'A' ? 'B' : 'A') + token.slice(61);
    const nonsense = [
      'x',
      'null',
      '%00',
      '../..',
      "' OR 1=1 --",
      'é'.repeat(300),
      randomBytes(100).toString('base64url'),
    ];
    const variants = [flipped, token.slice(1), token.slice(0, -1), `${token}A`, `${token}=`, `${token}.${token}`];
    for (const text of [...nonsense, ...variants, ada.token, await makeApiKey(service, ada)]) {
      expect(await refresh(service, text)).toMatchObject(REFUSED);
    }
    expect((await refresh(service, token)).status).toBe(200);
  });

  it('answers 401 when the session has ended', async () => {
    const ada = await join(service);
    await service.api.as(ada).post('/auth/logout');
    expect(await refresh(service, ada.refreshToken)).toMatchObject(REFUSED);
  });

  it('answers 401 while the mailbox of the signup is not proved, and works after that', async () => {
    const email = newAddress();
    const { body } = await signUp(service, email);
    const answer = await refresh(service, body.refreshToken);
    expect(answer).toMatchObject({ status: 401, body: { code: 'EMAIL_NOT_VERIFIED' } });
    const code = await service.mailbox.nextCode(email);
    await service.api.post('/auth/verify-email', { email, code });
    expect((await refresh(service, body.refreshToken)).status).toBe(200);
  });

  it('answers 404 when the user is gone', async () => {
    const ada = await join(service);
    await service.api.as(ada).delete('/user', { password: ada.password });
    const answer = await refresh(service, ada.refreshToken);
    expect(answer).toMatchObject({ status: 404, body: { code: 'USER_NOT_FOUND' } });
  });

  it('keeps and logs no token in clear', async () => {
    const ada = await join(service);
    const later = await next(ada);
    const secrets = [ada, later].flatMap(({ token, refreshToken }) => [refreshToken, token.split('.')[2]]);
    for (const secret of [...secrets, ada.password]) {
      expect(await tablesWith(service, secret)).toEqual([]);
      expect(service.logs.filter((line) => line.includes(secret))).toEqual([]);
    }
    expect(await tablesWith(service, ada.email)).toContain('users');
  });
});

describe('The refresh token before the newest', () => {
  it('returns the same successor within 30 seconds, while that was not used', async () => {
    const ada = await join(service);
    const later = await next(ada);
    service.clock.advance(25 * SECOND_MS);
    const again = await next(ada);
    expect(again.refreshToken).toBe(later.refreshToken);
    expect(await statusFor(service, again)).toBe(200);
    await next(later);
    expect(await theftsOf(ada)).toEqual([]);
  });

  const thefts: [string, (ada: Person) => Promise<{ stolen: string; newest: string }>][] = [
    [
      'after its successor was used',
      async (ada) => ({ stolen: ada.refreshToken, newest: (await next(await next(ada))).refreshToken }),
    ],
    [
      'after 30 seconds',
      async (ada) => {
        const { refreshToken } = await next(ada);
        service.clock.advance(31 * SECOND_MS);
        return { stolen: ada.refreshToken, newest: refreshToken };
      },
    ],
    [
      'when it is older than that',
      async (ada) => ({ stolen: ada.refreshToken, newest: (await next(await next(await next(ada)))).refreshToken }),
    ],
  ];
  it.each(thefts)('ends the whole session %s', async (_, prepare) => {
    const ada = await join(service);
    const elsewhere = await openSession(service, ada);
    const { stolen, newest } = await prepare(ada);
    expect(await refresh(service, stolen)).toMatchObject(REFUSED);
    expect(await refresh(service, newest)).toMatchObject(REFUSED);
    expect(await statusFor(service, ada)).toBe(401);
    expect(await theftsOf(ada)).toHaveLength(1);
    expect((await service.mailbox.next(ada.email)).subject).toContain('signed out');
    expect(await statusFor(service, elsewhere)).toBe(200);
    await next(elsewhere);
  });

  it('ends nothing when somebody only made it up from the ids of a session', async () => {
    const ada = await join(service);
    const later = await next(await next(ada));
    const bytes = Buffer.from(ada.refreshToken, 'base64url');
    const ids = bytes.subarray(0, 32);
    expect(ids.subarray(16).toString('hex')).toBe(String(decode(ada.token).payload.sid).replaceAll('-', ''));
    const madeUp = Buffer.concat([ids, bytes.subarray(32, 36), randomBytes(bytes.length - 36)]);
    expect(await refresh(service, madeUp.toString('base64url'))).toMatchObject(REFUSED);
    expect(await theftsOf(ada)).toEqual([]);
    await next(later);
  });
});

describe('In a race', () => {
  const onBoth = async () => [service, await service.another()];

  it('30 refreshes with one token all get the same successor, on two instances', async () => {
    const instances = await onBoth();
    const ada = await join(service);
    const answers = await atOnce(30, (i) => refresh(instances[i % 2], ada.refreshToken));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(new Set(answers.map(({ body }) => body.refreshToken)).size).toBe(1);
    expect(await theftsOf(ada)).toEqual([]);
    await next(answers[0].body);
  });

  it('of many exchanges that all found the token unused, one succeeds', async () => {
    const sessions = (await onBoth()).map(({ app }) => app.get(SessionsService));
    const ada = await join(service);
    const rotations = await atOnce(20, (i) => sessions[i % 2].rotateAtOnce(ada.refreshToken));
    expect(rotations.filter((rotation) => rotation !== null)).toHaveLength(1);
  });

  it('20 uses of a stolen token end the session once: one event, one letter', async () => {
    const instances = await onBoth();
    const ada = await join(service);
    await next(await next(ada));
    const answers = await atOnce(20, (i) => refresh(instances[i % 2], ada.refreshToken));
    answers.forEach((answer) => expect(answer).toMatchObject(REFUSED));
    expect(await theftsOf(ada)).toHaveLength(1);
    const letters = await service.query(
      `SELECT id FROM letters WHERE kind = 'session-stolen' AND recipient = '${ada.email}'`,
    );
    expect(letters).toHaveLength(1);
  });

  const ends: [string, (ada: Person) => Promise<ApiAnswer>][] = [
    ['a logout', (ada) => service.api.as({ token: ada.token }).post('/auth/logout')],
    ['a logout everywhere', (ada) => service.api.as({ token: ada.token }).post('/auth/logout-all')],
    ['the deletion of the account', ({ token, password }) => service.api.as({ token }).delete('/user', { password })],
  ];
  it.each(ends)('no refresh survives %s', async (_, end) => {
    const ada = await join(service);
    const early = Array.from({ length: 5 }, () => refresh(service, ada.refreshToken));
    const [ended, ...answers] = await Promise.all([
      end(ada),
      ...early,
      ...early.map(() => refresh(service, ada.refreshToken)),
    ]);
    expect(ended.status).toBe(200);
    for (const { status, body } of answers) {
      expect([200, 401, 404]).toContain(status);
      if (status !== 200) continue;
      expect(await statusFor(service, body)).toBe(401);
      expect((await refresh(service, body.refreshToken)).status).not.toBe(200);
    }
    expect(await theftsOf(ada)).toEqual([]);
  });
});

describe('A session', () => {
  it('ends when it is not refreshed for 30 days', async () => {
    const [ada, bob] = [await join(service), await join(service)];
    service.clock.advance(30 * DAY_MS - MINUTE_MS);
    await next(ada);
    service.clock.advance(MINUTE_MS);
    expect(await refresh(service, bob.refreshToken)).toMatchObject(REFUSED);
    expect(await theftsOf(bob)).toEqual([]);
  });

  it('ends after 90 days, however much it is used, and its access tokens with it', async () => {
    let tokens: { token: string; refreshToken: string } = await join(service);
    for (let day = 0; day < 75; day += 25) {
      service.clock.advance(25 * DAY_MS);
      tokens = await next(tokens);
    }
    service.clock.advance(15 * DAY_MS - MINUTE_MS);
    tokens = await next(tokens);
    expect(await statusFor(service, tokens)).toBe(200);
    service.clock.advance(MINUTE_MS);
    expect(await statusFor(service, tokens)).toBe(401);
    expect(await refresh(service, tokens.refreshToken)).toMatchObject(REFUSED);
  });
});
