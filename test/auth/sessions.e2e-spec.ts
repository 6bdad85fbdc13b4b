import { v7 as uuid } from 'uuid';
import { DAY_MS, MINUTE_MS } from '../../src/common/clock.js';
import { refresh } from '../support/credentials.js';
import { decode } from '../support/jwt.js';
import { join, newAddress, Person, signUp } from '../support/people.js';
import { openSession, statusFor } from '../support/sessions.js';
import { TIME } from '../support/shapes.js';
import { startApp, TestApp } from '../support/start-app.js';

let service: TestApp;
beforeAll(async () => (service = await startApp()));
afterAll(() => service.close());

type Tokens = Pick<Person, 'token' | 'refreshToken'>;

const sessionOf = ({ token }: { token: string }) => String(decode(token).payload.sid);
const sessionsOf = async ({ token }: { token: string }) =>
  (await service.api.as({ token }).get('/user/sessions')).body.sessions as Record<string, unknown>[];
const idsOf = async (tokens: Tokens) => (await sessionsOf(tokens)).map(({ id }) => id);
const end = ({ token }: Tokens, id: string) => service.api.as({ token }).delete(`/user/sessions/${id}`);

describe('The list of sessions', () => {
  it('has the user’s own sessions, newest first, and marks the current one', async () => {
    const ada = await join(service);
    await join(service);
    const { status } = await service.api
      .with({ 'user-agent': `Phone/1.0 ${'x'.repeat(500)}` })
      .post('/auth/login', ada);
    expect(status).toBe(200);
    const { body } = await service.api.as(ada).get('/user/sessions');
    expect(body).toEqual({ message: expect.any(String), status: 'success', sessions: expect.any(Array) });
    const common = { id: expect.any(String), network: '127.0.0.0/24', created_at: TIME, last_used_at: TIME };
    expect(body.sessions).toEqual([
      { ...common, current: false, user_agent: expect.stringMatching(/^Phone\/1\.0 x{245}$/) },
      { ...common, current: true, user_agent: expect.any(String), id: sessionOf(ada) },
    ]);
  });

  it('tells when a session was last refreshed, which does not make it another session', async () => {
    const ada = await join(service);
    const [before] = await sessionsOf(ada);
    service.clock.advance(MINUTE_MS);
    const { body } = await refresh(service, ada.refreshToken);
    const [after, ...more] = await sessionsOf(body);
    expect(more).toEqual([]);
    expect(after).toEqual({ ...before, last_used_at: expect.any(String) });
    expect(Date.parse(String(after.last_used_at))).toBeGreaterThan(Date.parse(String(before.last_used_at)));
  });

  it('leaves out what has ended or expired', async () => {
    const ada = await join(service);
    const phone = await openSession(service, ada);
    await openSession(service, ada);
    await service.api.as(phone).post('/auth/logout');
    expect(await idsOf(ada)).toHaveLength(2);
    service.clock.advance(29 * DAY_MS);
    const { body } = await refresh(service, ada.refreshToken);
    service.clock.advance(2 * DAY_MS);
    const renewed = await refresh(service, body.refreshToken);
    expect(await idsOf(renewed.body)).toEqual([sessionOf(ada)]);
  });
});

describe('Ending a session', () => {
  it('kills its tokens and leaves the others', async () => {
    const ada = await join(service);
    const [phone, tablet] = [await openSession(service, ada), await openSession(service, ada)];
    expect((await end(ada, sessionOf(phone))).body).toEqual({ message: expect.any(String), status: 'success' });
    expect(await statusFor(service, phone)).toBe(401);
    expect((await refresh(service, phone.refreshToken)).status).toBe(401);
    expect(await idsOf(ada)).toEqual([sessionOf(tablet), sessionOf(ada)]);
    expect((await refresh(service, tablet.refreshToken)).status).toBe(200);
  });

  it('is possible for the current session', async () => {
    const ada = await join(service);
    expect((await end(ada, sessionOf(ada))).status).toBe(200);
    expect(await statusFor(service, ada)).toBe(401);
  });

  it('of somebody else answers exactly as one that does not exist, and ends nothing', async () => {
    const [ada, bob] = [await join(service), await join(service)];
    const pending = await signUp(service, newAddress());
    const ended = await openSession(service, ada);
    await service.api.as(ended).post('/auth/logout');
    const ids = [uuid(), sessionOf(bob), sessionOf(pending.body), sessionOf(ended), 'x', '%00', "'%20OR%20'1'='1", '*'];
    for (const id of ids) {
      const { status, body, headers } = await end(ada, id);
      expect({ status, body }).toEqual({
        status: 404,
        body: {
          message: 'There is no such session.',
          status: 'error',
          code: 'SESSION_NOT_FOUND',
          requestId: headers.get('x-request-id'),
        },
      });
    }
    expect(await statusFor(service, bob)).toBe(200);
    expect((await refresh(service, bob.refreshToken)).status).toBe(200);
    expect(await service.query(`SELECT id FROM sessions WHERE id = '${sessionOf(pending.body)}'`)).toHaveLength(1);
  });
});

describe('Logging out', () => {
  it('ends this session and no other', async () => {
    const ada = await join(service);
    const phone = await openSession(service, ada);
    expect((await service.api.as(ada).post('/auth/logout')).body).toEqual({
      message: expect.any(String),
      status: 'success',
    });
    expect([await statusFor(service, ada), await statusFor(service, phone)]).toEqual([401, 200]);
    expect((await refresh(service, ada.refreshToken)).status).toBe(401);
    expect((await service.api.as(ada).post('/auth/logout')).status).toBe(401);
  });

  it('everywhere ends all sessions of this user, and nobody else’s', async () => {
    const [ada, bob] = [await join(service), await join(service)];
    const phone = await openSession(service, ada);
    expect((await service.api.as(phone).post('/auth/logout-all')).status).toBe(200);
    expect([await statusFor(service, ada), await statusFor(service, phone)]).toEqual([401, 401]);
    expect((await refresh(service, ada.refreshToken)).status).toBe(401);
    expect([await statusFor(service, bob), (await refresh(service, bob.refreshToken)).status]).toEqual([200, 200]);
    await openSession(service, ada);
  });

  it('is noted in the audit log', async () => {
    const ada = await join(service);
    const { body } = await service.api.as(ada).get('/user/me');
    await end(ada, sessionOf(await openSession(service, ada)));
    await service.api.as(ada).post('/auth/logout');
    const rows = await service.query(`SELECT type FROM audit_events WHERE user_id = '${body.user.id}' ORDER BY id`);
    expect(rows.map(({ type }) => type).slice(-3)).toEqual(['logged-in', 'session-ended', 'logged-out']);
  });
});
