import { alter } from '../support/codes.js';
import { askResetToken, atOnce, refresh } from '../support/credentials.js';
import { decode } from '../support/jwt.js';
import { join, PASSWORD, Person } from '../support/people.js';
import { expectOver, logIn, openSession, statusFor } from '../support/sessions.js';
import { startApp, TestApp } from '../support/start-app.js';

const NEW_PASSWORD = 'a new and much better password';

let service: TestApp;
beforeAll(async () => (service = await startApp({ SESSIONS_PER_USER: '3' })));
afterAll(() => service.close());

const totalOf = async ({ token }: { token: string }) =>
  Number((await service.api.as({ token }).get('/user/sessions')).headers.get('x-total-count'));

const userIdOf = ({ token }: { token: string }) => String(decode(token).payload.sub);

async function eventsOf(person: Person): Promise<string[]> {
  const rows = await service.query(`SELECT type FROM audit_events WHERE user_id = '${userIdOf(person)}'`);
  return rows.map(({ type }) => type).filter((type) => type === 'session-crowded-out');
}

describe('A login beyond the live sessions that a user may have', () => {
  it('ends the least recently used session, and records that', async () => {
    const ada = await join(service);
    const [first, second] = [await openSession(service, ada), await openSession(service, ada)];
    const used = (await refresh(service, ada.refreshToken)).body;
    expect(await eventsOf(ada)).toEqual([]);
    const third = await openSession(service, ada);
    await expectOver(service, first);
    for (const alive of [second, used, third]) expect(await statusFor(service, { token: alive.token })).toBe(200);
    expect(await eventsOf(ada)).toEqual(['session-crowded-out']);
  });

  it('leaves three sessions, however many logins run at once on two instances', async () => {
    const ada = await join(service);
    const second = await service.another();
    const logins = await atOnce(20, (i) => logIn(i % 2 === 0 ? service : second, ada));
    expect(new Set(logins.map(({ status }) => status))).toEqual(new Set([200]));
    const alive = await service.query(`SELECT id FROM sessions WHERE user_id = '${userIdOf(ada)}'`);
    expect(alive).toHaveLength(3);
  });
});

describe('With 33,000 sessions of an earlier version', () => {
  let nextId = 0;

  /** Somebody who has so many. */
  async function withMany(): Promise<Person> {
    const ada = await join(service);
    nextId += 100_000;
    const number = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)';
    await alter(
      service,
      `INSERT INTO sessions (id, user_id, attempt_id, generation, refresh_hash, previous_refresh_hash, rotation_nonce,
       user_agent, network, created_at, rotated_at, expires_at) ${number} SELECT ${nextId} + 200 * a.i + b.i, s.user_id, NULL, 0, s.refresh_hash, NULL, '', '',
       s.network, s.created_at, s.rotated_at, s.expires_at
       FROM n a, n b, sessions s WHERE s.id = '${String(decode(ada.token).payload.sid)}' LIMIT 33000`,
    );
    expect(await totalOf(ada)).toBe(33_001);
    return ada;
  }

  it('everything that ends sessions works', async () => {
    const [ada, bob, eve] = [await withMany(), await withMany(), await withMany()];
    expect((await service.api.as(ada).post('/auth/logout-all')).status).toBe(200);
    await expectOver(service, ada);
    const change = { oldPassword: PASSWORD, newPassword: NEW_PASSWORD };
    expect((await service.api.as(bob).post('/auth/change-password', change)).status).toBe(200);
    expect(await totalOf(bob)).toBe(1);
    const token = await askResetToken(service, eve.email);
    const reset = await service.api.post('/auth/reset-password', { token, newPassword: NEW_PASSWORD });
    expect(reset.status).toBe(200);
    await expectOver(service, eve);
  });

  it('a login leaves three, and the account can be deleted', async () => {
    const [ada, bob] = [await withMany(), await withMany()];
    expect(await totalOf(await openSession(service, ada))).toBe(3);
    expect((await service.api.as(bob).delete('/user', { password: PASSWORD })).status).toBe(200);
    const left = await service.query(`SELECT count(*) AS count FROM sessions WHERE user_id = '${userIdOf(bob)}'`);
    expect(Number(left[0].count)).toBe(0);
  });
});
