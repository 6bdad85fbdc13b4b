import { hash } from '@node-rs/argon2';
import { PasswordHasher } from '../../src/auth/password-hasher.js';
import { Database } from '../../src/database/database.js';
import { ApiAnswer } from '../support/api-client.js';
import { atOnce, refresh } from '../support/credentials.js';
import { join, newAddress, PASSWORD, Person, signUp } from '../support/people.js';
import { logIn, statusFor } from '../support/sessions.js';
import { TIME } from '../support/shapes.js';
import { startApp, TestApp } from '../support/start-app.js';

const LATER_PASSWORD = 'a later horse of another colour';

describe('Logging in', () => {
  let service: TestApp;
  let ada: Person;
  beforeAll(async () => {
    service = await startApp();
    ada = await join(service);
  });
  afterAll(() => service.close());

  it('answers the documented example', async () => {
    const { status, body } = await logIn(service, ada);
    expect(status).toBe(200);
    expect(body).toEqual({
      message: expect.any(String),
      status: 'success',
      token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      refreshToken: expect.stringMatching(/^[\w-]+$/),
      expirationTime: TIME,
      user: {
        email: ada.email,
        name: 'Ada',
        active_project: null,
        created_at: expect.any(String),
        updated_at: expect.any(String),
        company_name: null,
      },
      deviceToken: expect.stringMatching(/^[\w-]{72}$/),
      loginStatus: 7,
    });
    expect(await statusFor(service, body)).toBe(200);
  });

  it('finds the account however the address is typed', async () => {
    const { body } = await logIn(service, { ...ada, email: `  ${ada.email.toUpperCase()} ` });
    expect(body).toMatchObject({ loginStatus: 7, user: { email: ada.email } });
  });

  it.each([
    ['nothing', {}, 400, 'CREDENTIALS_MISSING', 0],
    ['no password', { email: 'x@example.com' }, 400, 'CREDENTIALS_MISSING', 0],
    ['no address', { password: PASSWORD }, 400, 'CREDENTIALS_MISSING', 0],
    ['a null password', { email: 'x@example.com', password: null }, 400, 'CREDENTIALS_MISSING', 0],
    ['a blank address', { email: '  ', password: PASSWORD }, 400, 'CREDENTIALS_MISSING', 0],
    ['a malformed address and no password', { email: 'x' }, 400, 'CREDENTIALS_MISSING', 0],
    ['a malformed address', { email: 'x', password: PASSWORD }, 400, 'INVALID_EMAIL', 9],
    ['a number as address', { email: 5, password: PASSWORD }, 400, 'INVALID_EMAIL', 9],
    ['a number as password', { email: 'x@example.com', password: 5 }, 400, 'VALIDATION_FAILED', 8],
    ['an unknown address', { email: 'nobody@example.com', password: PASSWORD }, 404, 'USER_NOT_FOUND', 3],
    ['half a JSON object', '{"email": ', 400, 'REQUEST_MALFORMED', 8],
  ])('refuses a login with %s', async (_, request, status, code, loginStatus) => {
    const answer = await service.api.post('/auth/login', request);
    expect(answer).toMatchObject({ status, body: { status: 'error', code, loginStatus } });
    expect(answer.body).not.toHaveProperty('token');
  });

  it.each([
    'wrong',
    ' ',
    ` ${PASSWORD}`,
    `${PASSWORD} `,
    PASSWORD.toUpperCase(),
    PASSWORD.slice(0, -1),
    'x'.repeat(50_000),
  ])('refuses a wrong password (%.30j)', async (password) => {
    const answer = await logIn(service, { ...ada, password });
    expect(answer).toMatchObject({ status: 401, body: { code: 'INVALID_PASSWORD', loginStatus: 4 } });
  });

  it('says that the address is not verified only to someone who knows the password of one of its signups', async () => {
    const email = newAddress();
    const passwords = [1, 2, 3].map((n) => `${PASSWORD} ${n}`);
    for (const password of passwords) await signUp(service, email, password);
    for (const password of passwords) {
      const answer = await logIn(service, { email, password });
      expect(answer).toMatchObject({ status: 401, body: { code: 'ACCOUNT_NOT_VERIFIED', loginStatus: 2 } });
    }
    const answer = await logIn(service, { email, password: PASSWORD });
    expect(answer).toMatchObject({ status: 401, body: { code: 'INVALID_PASSWORD', loginStatus: 4 } });
  });

  it('answers 500 with LOGIN_FAILED when it fails itself, and tells the cause to the log alone', async () => {
    const rename = (from: string, to: string) =>
      service.app.get(Database).write(({ manager }) => manager.query(`ALTER TABLE ${from} RENAME TO ${to}`));
    await rename('sessions', 'mislaid');
    const { status, body } = await logIn(service, ada).finally(() => rename('mislaid', 'sessions'));
    expect({ status, body }).toMatchObject({ status: 500, body: { code: 'INTERNAL_ERROR', loginStatus: 8 } });
    expect(JSON.stringify(body)).not.toMatch(/sessions|mislaid|sql/i);
    expect(service.logs.filter((line) => line.includes(body.requestId)).join()).toMatch(/sessions/);
  });

  it('costs exactly one hash, whether the address is known, pending or unknown, the password right or wrong', async () => {
    const pending = newAddress();
    await signUp(service, pending);
    const hasher = service.app.get(PasswordHasher);
    for (const email of [ada.email, pending, 'nobody@example.com']) {
      for (const password of [PASSWORD, 'wrong']) {
        const before = hasher.begun;
        await logIn(service, { email, password });
        expect([email, hasher.begun - before]).toEqual([email, 1]);
      }
    }
  });

  it('notes logins and failures in the audit log', async () => {
    const bob = await join(service);
    await logIn(service, bob);
    await logIn(service, { ...bob, password: 'wrong' });
    const rows = await service.query(`SELECT type FROM audit_events WHERE email = '${bob.email}' ORDER BY id`);
    expect(rows.map(({ type }) => type).slice(-2)).toEqual(['logged-in', 'login-failed']);
  });
});

describe('Stored password hashes', () => {
  let service: TestApp;
  beforeAll(async () => (service = await startApp()));
  afterAll(() => service.close());

  const hashOf = async ({ email }: Person): Promise<string> =>
    (await service.query(`SELECT password_hash FROM users WHERE email = '${email}'`))[0].password_hash;
  const plant = ({ email }: Person, passwordHash: string) =>
    service.app.get(Database).write(({ manager }) => manager.update('User', { email }, { passwordHash }));

  it('are renewed at login when the parameters have changed', async () => {
    const ada = await join(service);
    const stronger = await service.another({ ARGON2_PASSES: '2' });
    expect(await hashOf(ada)).toContain('$m=8,t=1,p=1$');
    expect((await logIn(stronger, { ...ada, password: 'wrong' })).status).toBe(401);
    expect(await hashOf(ada)).toContain('$m=8,t=1,p=1$');
    expect((await logIn(stronger, ada)).status).toBe(200);
    const renewed = await hashOf(ada);
    expect(renewed).toContain('$m=8,t=2,p=1$');
    expect((await logIn(stronger, ada)).status).toBe(200);
    expect(await hashOf(ada)).toBe(renewed);
  });

  it('are renewed during concurrent logins without refusing any of them', async () => {
    const ada = await join(service);
    const stronger = await service.another({ ARGON2_PASSES: '3' });
    const answers = await atOnce(10, () => logIn(stronger, ada));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(await hashOf(ada)).toContain('$m=8,t=3,p=1$');
  });

  it.each([
    ['$argon2id$v=19$m=4194304,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$W3DsmyDUs6oqlHRBmpzeyXJ15bcnLRdYS9eYoDLiGTc'],
    ['$argon2id$v=19$m=8,t=4000000000,p=1$c29tZXNhbHRzb21lc2FsdA$W3DsmyDUs6oqlHRBmpzeyXJ15bcnLRdYS9eYoDLiGTc'],
    ['nonsense'],
  ])('that would stall the service are refused unread: %s', async (stored) => {
    const ada = await join(service);
    await plant(ada, stored);
    const { begun } = service.app.get(PasswordHasher);
    expect(await logIn(service, ada)).toMatchObject({ status: 401, body: { code: 'INVALID_PASSWORD' } });
    expect(service.app.get(PasswordHasher).begun).toBe(begun + 1);
  });

  it('that cost more than any configuration are not run even when they fit', async () => {
    const ada = await join(service);
    await plant(ada, await hash(ada.password, { algorithm: 2, memoryCost: 8, timeCost: 10, parallelism: 1 }));
    expect((await logIn(service, ada)).status).toBe(200);
    await plant(ada, await hash(ada.password, { algorithm: 2, memoryCost: 8, timeCost: 21, parallelism: 1 }));
    expect((await logIn(service, ada)).status).toBe(401);
  });

  it('work at the highest cost that the configuration allows', async () => {
    const costly = await startApp({ ARGON2_PASSES: '20' });
    const ada = await join(costly);
    const { status } = await logIn(costly, ada);
    await costly.close();
    expect(status).toBe(200);
  });
});

describe('A login that overlaps', () => {
  let service: TestApp;
  beforeAll(async () => (service = await startApp()));
  afterAll(() => service.close());

  /** Logs in again and again while something happens that must outlive every login; answers the tokens that came. */
  async function overlapping(ada: Person, event: () => Promise<{ status: number }>) {
    const answers: ApiAnswer[] = [];
    let isOver = false;
    const logins = atOnce(6, async () => {
      while (!isOver) answers.push(await logIn(service, ada));
    });
    expect((await event()).status).toBe(200);
    isOver = true;
    await logins;
    return answers.filter(({ status }) => status === 200).map(({ body }) => body);
  }

  async function expectDead(tokens: { token: string; refreshToken: string }[], refusal: number): Promise<void> {
    for (const { token, refreshToken } of tokens) {
      expect(await statusFor(service, { token })).toBe(401);
      expect((await refresh(service, refreshToken)).status).toBe(refusal);
    }
  }

  it.each([1, 2, 3, 4, 5])('a change of the password does not survive it (round %i)', async () => {
    const ada = await join(service);
    const request = { oldPassword: ada.password, newPassword: LATER_PASSWORD };
    const tokens = await overlapping(ada, () => service.api.as(ada).post('/auth/change-password', request));
    await expectDead(tokens, 401);
    expect((await logIn(service, ada)).status).toBe(401);
    expect((await logIn(service, { ...ada, password: LATER_PASSWORD })).status).toBe(200);
  });

  it('the deletion of the account does not survive it', async () => {
    const ada = await join(service);
    const tokens = await overlapping(ada, () => service.api.as(ada).delete('/user', { password: ada.password }));
    await expectDead(tokens, 404);
    expect(await service.query(`SELECT id FROM sessions WHERE user_id NOT IN (SELECT id FROM users)`)).toEqual([]);
  });
});
