import { SECOND_MS } from '../../src/common/clock.js';
import { atOnce, makeApiKey, refresh } from '../support/credentials.js';
import { decode } from '../support/jwt.js';
import { join, Person, signUp } from '../support/people.js';
import { createProject } from '../support/projects.js';
import { logIn, openSession, statusFor } from '../support/sessions.js';
import { startApp, TestApp } from '../support/start-app.js';
import { tablesWith } from '../support/tables.js';

let service: TestApp;
beforeAll(async () => (service = await startApp()));
afterAll(() => service.close());

const remove = (person: Person, body: unknown) => service.api.as({ token: person.token }).delete('/user', body);

describe('The endpoint /user/me', () => {
  it('works with a token and with an API key', async () => {
    const ada = await join(service);
    const byToken = await service.api.as({ token: ada.token }).get('/user/me');
    expect(byToken).toMatchObject({ status: 200 });
    expect(byToken.body).toEqual({
      message: expect.any(String),
      status: 'success',
      user: {
        id: decode(ada.token).payload.sub,
        email: ada.email,
        name: 'Ada',
        verified: true,
        active_project: null,
        company_name: null,
        created_at: expect.any(String),
        updated_at: expect.any(String),
      },
    });
    const byKey = await service.api.as({ apiKey: await makeApiKey(service, ada) }).get('/user/me');
    expect(byKey.body).toEqual(byToken.body);
  });
});

describe('Deleting the account', () => {
  it.each([
    [undefined, 400, 'CREDENTIALS_MISSING'],
    [{}, 400, 'CREDENTIALS_MISSING'],
    [{ password: null }, 400, 'CREDENTIALS_MISSING'],
    [{ password: '' }, 400, 'CREDENTIALS_MISSING'],
    [{ password: 5 }, 400, 'VALIDATION_FAILED'],
    [{ password: ' ' }, 401, 'INVALID_PASSWORD'],
    [{ password: 'wrong' }, 401, 'INVALID_PASSWORD'],
  ])('is refused with %j', async (body, status, code) => {
    const ada = await join(service);
    expect(await remove(ada, body)).toMatchObject({ status, body: { status: 'error', code } });
    expect(await statusFor(service, ada)).toBe(200);
    expect((await logIn(service, ada)).status).toBe(200);
  });

  it('leaves nothing of the user in any table but the audit log, and nothing of others missing', async () => {
    const [ada, bob] = [await join(service), await join(service)];
    const id = String(decode(ada.token).payload.sub);
    await openSession(service, ada);
    await makeApiKey(service, ada);
    await service.api.post('/auth/forgot-password', { email: ada.email });
    const projects = [await createProject(service, ada), await createProject(service, ada)];
    await service.api.as(ada).post('/user/set-active-project', { projectId: projects[0].id });
    await service.api.as(ada).delete(`/project/${projects[1].id}`);
    expect(await tablesWith(service, id)).toEqual(['api_keys', 'audit_events', 'projects', 'sessions', 'users']);
    expect(await tablesWith(service, ada.email)).toEqual(['audit_events', 'letters', 'reset_tokens', 'users']);
    expect((await remove(ada, { password: ada.password })).body).toEqual({
      message: expect.any(String),
      status: 'success',
    });
    expect(await tablesWith(service, id)).toEqual(['audit_events']);
    for (const text of [ada.email, projects[0].id, projects[1].id]) expect(await tablesWith(service, text)).toEqual([]);
    const told = await service.query(`SELECT type FROM audit_events WHERE user_id = '${id}' ORDER BY id`);
    expect(told.at(-1)).toEqual({ type: 'account-deleted' });
    expect([await statusFor(service, bob), (await logIn(service, bob)).status]).toEqual([200, 200]);
  });

  it('ends every credential, here at once and on other instances within 10 seconds', async () => {
    const other = await service.another();
    const ada = await join(service);
    const [apiKey, phone] = [await makeApiKey(service, ada), await openSession(service, ada)];
    const credentials = [{ token: ada.token }, { token: phone.token }, { apiKey }];
    for (const each of credentials) {
      expect([await statusFor(service, each), await statusFor(other, each)]).toEqual([200, 200]);
    }
    await service.api.post('/auth/forgot-password', { email: ada.email });
    await service.mailbox.next(ada.email);
    const token = await service.mailbox.nextResetToken(ada.email);
    expect((await remove(ada, { password: ada.password })).status).toBe(200);
    for (const each of credentials) expect(await statusFor(service, each)).toBe(401);
    service.clock.advance(10 * SECOND_MS);
    for (const each of credentials) expect(await statusFor(other, each)).toBe(401);
    expect([
      (await refresh(service, ada.refreshToken)).status,
      (await refresh(other, phone.refreshToken)).status,
    ]).toEqual([404, 404]);
    expect(await service.api.post('/auth/reset-password', { token, newPassword: 'a later horse' })).toMatchObject({
      status: 400,
      body: { code: 'RESET_TOKEN_INVALID' },
    });
    expect(await logIn(service, ada)).toMatchObject({ status: 404, body: { loginStatus: 3 } });
  });

  it('frees the address for somebody new', async () => {
    const ada = await join(service);
    await remove(ada, { password: ada.password });
    await service.mailbox.next(ada.email);
    const signup = await signUp(service, ada.email, 'a later horse of another colour', 'Eve');
    expect(signup.body).toMatchObject({ status: 'success', signupStatus: 3 });
    const code = await service.mailbox.nextCode(ada.email);
    expect((await service.api.post('/auth/verify-email', { email: ada.email, code })).status).toBe(200);
    const { body } = await service.api.as({ token: signup.body.token }).get('/user/me');
    expect(body.user).toMatchObject({ name: 'Eve' });
    expect(body.user.id).not.toBe(decode(ada.token).payload.sub);
    expect([await statusFor(service, ada), (await logIn(service, ada)).status]).toEqual([401, 401]);
  });

  it('happens once, however many requests ask at the same time', async () => {
    const ada = await join(service);
    const answers = await atOnce(10, () => remove(ada, { password: ada.password }));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(9);
    const id = String(decode(ada.token).payload.sub);
    const told = await service.query(
      `SELECT id FROM audit_events WHERE user_id = '${id}' AND type = 'account-deleted'`,
    );
    expect(told).toHaveLength(1);
  });

  it('also deletes an API key that is generated meanwhile', async () => {
    const ada = await join(service);
    const make = () => service.api.as({ token: ada.token }).get('/user/generate-apikey');
    const [made, deleted] = await Promise.all([atOnce(10, make), remove(ada, { password: ada.password })]);
    expect(deleted.status).toBe(200);
    for (const { status, body } of made) {
      expect([200, 401]).toContain(status);
      if (status === 200) expect(await statusFor(service, { apiKey: body.apiKey })).toBe(401);
    }
  });

  it('deletes the signups of the address too, which a service that hides accounts keeps', async () => {
    const hiding = await service.another({ ACCOUNT_DISCLOSURE: 'hidden' });
    const ada = await join(service);
    await signUp(hiding, ada.email);
    expect((await remove(ada, { password: ada.password })).status).toBe(200);
    expect(await tablesWith(service, ada.email)).toEqual([]);
  });
});
