import { createPublicKey, JsonWebKey, verify } from 'node:crypto';
import { SECOND_MS } from '../../src/common/clock.js';
import { Session } from '../../src/credentials/session.entity.js';
import { Database } from '../../src/database/database.js';
import { ApiAnswer } from '../support/api-client.js';
import { askResetToken, atOnce, makeApiKey, refresh } from '../support/credentials.js';
import { decode } from '../support/jwt.js';
import { join, Person } from '../support/people.js';
import { statementsOf } from '../support/query-log.js';
import { openSession, statusFor } from '../support/sessions.js';
import { NO_POLLS, startApp, TestApp } from '../support/start-app.js';

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;

let service: TestApp;
let other: TestApp;
beforeAll(async () => {
  service = await startApp(NO_POLLS);
  other = await service.another();
});
afterAll(() => service.close());

describe('An access token', () => {
  it('has claims for user, session, issuer, audience and lifetime, and no others', async () => {
    const secondsNow = () => Math.floor(service.clock.now().getTime() / SECOND_MS);
    const before = secondsNow();
    const ada = await join(service);
    const { body } = await service.api.as(ada).get('/user/me');
    const [session] = await service.query(`SELECT id FROM sessions WHERE user_id = '${body.user.id}'`);
    const { header, payload } = decode(ada.token);
    expect(header).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: expect.stringMatching(ID) });
    expect(payload).toEqual({
      iss: 'https://talkstack.test',
      aud: 'talkstack-api',
      sub: body.user.id,
      sid: session.id,
      jti: expect.stringMatching(ID),
      iat: expect.any(Number),
      exp: (payload.iat as number) + 2 * 3600,
    });
    expect(payload.iat).toBeGreaterThanOrEqual(before);
    expect(payload.iat).toBeLessThanOrEqual(secondsNow());
  });

  it('has a unique jti, and the response has its expirationTime', async () => {
    const ada = await join(service);
    const answers = await atOnce(5, () =>
      service.api.post('/auth/login', { email: ada.email, password: ada.password }),
    );
    const claims = answers.map(({ body }) => decode(body.token).payload);
    expect(new Set(claims.map(({ jti }) => jti)).size).toBe(5);
    answers.forEach(({ body }, i) =>
      expect(Date.parse(body.expirationTime)).toBe((claims[i].exp as number) * SECOND_MS),
    );
  });

  it('can be verified by anybody with the published keys, which hold nothing private', async () => {
    const ada = await join(service);
    const { status, body, headers } = await service.api.get('/.well-known/jwks.json');
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('public, max-age=300');
    const jwk = body.keys.find(({ kid }: { kid: string }) => kid === decode(ada.token).header.kid);
    const text = expect.any(String);
    expect(jwk).toEqual({ kty: 'EC', crv: 'P-256', x: text, y: text, kid: text, use: 'sig', alg: 'ES256' });
    const [header, payload, signature] = ada.token.split('.');
    const key = { key: createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' }), dsaEncoding: 'ieee-p1363' as const };
    expect(verify('sha256', Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url'))).toBe(true);
  });

  it('dies 30 seconds after its exp, on an instance that knows it and on one that does not', async () => {
    const ada = await join(service);
    const exp = (decode(ada.token).payload.exp as number) * SECOND_MS;
    service.clock.advance(exp + 20 * SECOND_MS - service.clock.now().getTime());
    expect(await statusFor(service, ada)).toBe(200);
    service.clock.advance(10 * SECOND_MS);
    expect([await statusFor(service, ada), await statusFor(other, ada)]).toEqual([401, 401]);
    const { body } = await refresh(service, ada.refreshToken);
    expect([await statusFor(service, body), await statusFor(other, body)]).toEqual([200, 200]);
  });

  it('expires also on an instance that accepted it a few seconds before', async () => {
    const ada = await join(service);
    const exp = (decode(ada.token).payload.exp as number) * SECOND_MS;
    service.clock.advance(exp + 25 * SECOND_MS - service.clock.now().getTime());
    expect(await statusFor(service, ada)).toBe(200);
    service.clock.advance(5 * SECOND_MS);
    expect(await statusFor(service, ada)).toBe(401);
  });

  it('ends with its session also on an instance that accepted it a few seconds before', async () => {
    const ada = await join(service);
    const id = String(decode(ada.token).payload.sid);
    service.clock.advance(10 * SECOND_MS);
    const expiresAt = service.clock.in(5 * SECOND_MS);
    await service.app.get(Database).write(({ manager }) => manager.update(Session, id, { expiresAt }));
    expect(await statusFor(service, ada)).toBe(200);
    service.clock.advance(5 * SECOND_MS);
    expect(await statusFor(service, ada)).toBe(401);
  });
});

describe('An access token is refused at once on the instance that ended its session, within 10 seconds on others,', () => {
  const change = ({ password }: Person) => ({ oldPassword: password, newPassword: 'a later horse of another colour' });

  async function reset({ email }: Person): Promise<ApiAnswer> {
    const token = await askResetToken(service, email);
    return service.api.post('/auth/reset-password', { token, newPassword: 'a later horse of another colour' });
  }

  async function theft({ refreshToken }: Person): Promise<ApiAnswer> {
    const { body } = await refresh(service, refreshToken);
    await refresh(service, body.refreshToken);
    await refresh(service, refreshToken);
    return service.api.get('/health/live');
  }

  const events: [string, (ada: Person, elsewhere: ReturnType<TestApp['api']['as']>) => Promise<ApiAnswer>][] = [
    ['by a logout', ({ token }) => service.api.as({ token }).post('/auth/logout')],
    ['by a logout everywhere', (_, elsewhere) => elsewhere.post('/auth/logout-all')],
    ['by name', ({ token }, elsewhere) => elsewhere.delete(`/user/sessions/${decode(token).payload.sid as string}`)],
    ['by a change of the password', (ada, elsewhere) => elsewhere.post('/auth/change-password', change(ada))],
    ['by a reset of the password', (ada) => reset(ada)],
    ['by a used refresh token', (ada) => theft(ada)],
    ['by the deletion of the account', ({ password }, elsewhere) => elsewhere.delete('/user', { password })],
  ];
  it.each(events)('after its end %s', async (_, event) => {
    const ada = await join(service);
    const elsewhere = service.api.as({ token: (await openSession(service, ada)).token });
    expect([await statusFor(service, ada), await statusFor(other, ada)]).toEqual([200, 200]);
    expect((await event(ada, elsewhere)).status).toBe(200);
    expect(await statusFor(service, ada)).toBe(401);
    service.clock.advance(10 * SECOND_MS);
    expect(await statusFor(other, ada)).toBe(401);
  });

  it('and no request that looked the session up just before brings it back', async () => {
    const ada = await join(service);
    service.clock.advance(10 * SECOND_MS);
    const { reached, release } = holdNextLookUp();
    const slow = statusFor(service, ada);
    await reached;
    expect((await service.api.as(ada).post('/auth/logout')).status).toBe(200);
    release();
    await slow;
    expect(await statusFor(service, ada)).toBe(401);
  });

  /** The next look-up of a session reads its row, and then takes until it is released. */
  function holdNextLookUp(): { reached: Promise<void>; release: () => void } {
    const { rows } = service.app.get(Database);
    const lookUp = rows.find.bind(rows);
    let release = () => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    const reached = new Promise<void>((resolve) => {
      rows.find = async (entity, where) => {
        rows.find = lookUp;
        const row = await lookUp(entity, where);
        resolve();
        await released;
        return row;
      };
    });
    return { reached, release };
  }
});

describe('The check of credentials', () => {
  const ofGuard = (statements: string[]) => statements.filter((text) => /sessions|api_keys|signing_keys/.test(text));

  it('costs no query per request', async () => {
    const ada = await join(service);
    const apiKey = await makeApiKey(service, ada);
    await statusFor(service, { token: ada.token, apiKey });
    const statements = await statementsOf(service, async () => {
      for (let i = 0; i < 20; i += 1) expect(await statusFor(service, { token: ada.token, apiKey })).toBe(200);
    });
    expect(statements.filter((text) => /users/.test(text))).toHaveLength(20);
    expect(ofGuard(statements)).toEqual([]);
  });

  it('asks the database anew after a while', async () => {
    const ada = await join(service);
    await statusFor(service, ada);
    service.clock.advance(10 * SECOND_MS);
    expect(ofGuard(await statementsOf(service, () => atOnce(1, () => statusFor(service, ada))))).toHaveLength(1);
  });
});
