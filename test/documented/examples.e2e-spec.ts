import { DAY_MS, HOUR_MS } from '../../src/common/clock.js';
import { join, newAddress, PASSWORD, Person } from '../support/people.js';
import { TIME } from '../support/shapes.js';
import { startApp, TestApp } from '../support/start-app.js';
import { DONE, expectError, TEXT } from './documented-answers.js';
import { tellOwnerStory } from './owner-story.js';

const NEW_PASSWORD = 'a new and much better password';

/** Clients send the content type with everything, GETs included, and nothing else that we could lean on. */
describe('A client written from the public documentation', () => {
  let service: TestApp;
  let ada: Person;
  beforeAll(async () => {
    service = await startApp();
    ada = await join(service);
  });
  afterAll(() => service.close());

  const post = (path: string, body: object) => service.api.post(path, body);

  it('signs up (2.1)', async () => {
    const email = newAddress();
    const { status, body } = await post('/auth/signup', { email, password: PASSWORD, name: 'Ada' });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      message: TEXT,
      status: 'success',
      user: { email, name: 'Ada', active_project: null, created_at: TIME, updated_at: TIME, company_name: null },
      signupStatus: 3,
      token: TEXT,
      refreshToken: TEXT,
      expirationTime: TIME,
    });
  });

  it.each([
    ['no email', { password: PASSWORD, name: 'Ada' }, 0],
    ['no password', { email: 'ada@example.com', name: 'Ada' }, 0],
    ['no name', { email: 'ada@example.com', password: PASSWORD }, 0],
    ['a malformed email', { email: 'ada', password: PASSWORD, name: 'Ada' }, 5],
  ])('is refused a signup with %s (2.1)', async (_, body, signupStatus) => {
    expectError(await post('/auth/signup', body), 400, { signupStatus });
  });

  it('is refused a signup with an email that has an account (2.1)', async () => {
    const answer = await post('/auth/signup', { email: ada.email, password: PASSWORD, name: 'Ada' });
    expectError(answer, 400, { signupStatus: 1 });
  });

  it('verifies the email with the code, a string of six characters (2.2)', async () => {
    const email = newAddress();
    const signup = await post('/auth/signup', { email, password: PASSWORD, name: 'Ada' });
    const code = await service.mailbox.nextCode(email);
    expect(code).toHaveLength(6);
    const { status, body } = await post('/auth/verify-email', { email, code });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      message: TEXT,
      status: 'success',
      userData: { email, name: 'Ada', active_project: null, created_at: signup.body.user.created_at, updated_at: TIME },
      verificationStatus: 2,
    });
    expectError(await post('/auth/verify-email', { email, code }), 400, { verificationStatus: 4 });
  });

  it.each([
    ['no email', { code: '123456' }, 400, 0],
    ['no code', { email: 'ada@example.com' }, 400, 0],
    ['an invalid email', { email: 'ada', code: '123456' }, 400, 0],
    ['an email that never signed up', { email: 'nobody@example.com', code: '123456' }, 404, 5],
  ])('is refused a verification with %s (2.2)', async (_, body, status, verificationStatus) => {
    expectError(await post('/auth/verify-email', body), status, { verificationStatus });
  });

  it('is told of a wrong code, and of one that is too old (2.2)', async () => {
    const email = newAddress();
    await post('/auth/signup', { email, password: PASSWORD, name: 'Ada' });
    const code = await service.mailbox.nextCode(email);
    expectError(await post('/auth/verify-email', { email, code: 'ABCDEF' }), 400, { verificationStatus: 1 });
    service.clock.advance(HOUR_MS);
    expectError(await post('/auth/verify-email', { email, code }), 400, { verificationStatus: 3 });
  });

  it('asks for another code (2.3)', async () => {
    const email = newAddress();
    await post('/auth/signup', { email, password: PASSWORD, name: 'Ada' });
    service.clock.advance(HOUR_MS);
    const { status, body } = await post('/auth/resend-code', { email });
    expect({ status, body }).toEqual(DONE);
    expectError(await post('/auth/resend-code', {}), 400);
    expectError(await post('/auth/resend-code', { email: 'ada' }), 400);
    expectError(await post('/auth/resend-code', { email: newAddress() }), 404);
  });

  it('logs in (2.4)', async () => {
    const { status, body } = await post('/auth/login', { email: ada.email, password: PASSWORD });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      message: TEXT,
      status: 'success',
      token: TEXT,
      refreshToken: TEXT,
      expirationTime: TIME,
      user: {
        email: ada.email,
        name: 'Ada',
        active_project: null,
        created_at: TIME,
        updated_at: TIME,
        company_name: null,
      },
      loginStatus: 7,
    });
    const inTwoHours = service.clock.in(2 * HOUR_MS).getTime();
    expect(Math.abs(Date.parse(body.expirationTime) - inTwoHours)).toBeLessThan(60_000);
  });

  it('is refused a login in the documented ways (2.4)', async () => {
    const { email } = ada;
    expectError(await post('/auth/login', { password: PASSWORD }), 400, { loginStatus: 0 });
    expectError(await post('/auth/login', { email }), 400, { loginStatus: 0 });
    expectError(await post('/auth/login', { email: 'ada', password: PASSWORD }), 400, { loginStatus: 9 });
    expectError(await post('/auth/login', { email, password: 'not hers' }), 401, { loginStatus: 4 });
    expectError(await post('/auth/login', { email: newAddress(), password: PASSWORD }), 404, { loginStatus: 3 });
    const pending = newAddress();
    await post('/auth/signup', { email: pending, password: PASSWORD, name: 'Ada' });
    expectError(await post('/auth/login', { email: pending, password: PASSWORD }), 401, { loginStatus: 2 });
  });

  it('refreshes its token, reading the answer by either name of the key (2.5)', async () => {
    const { refreshToken } = (await post('/auth/login', { email: ada.email, password: PASSWORD })).body;
    const { status, body } = await post('/auth/refresh-token', { refreshToken });
    expect(status).toBe(200);
    expect(body).toEqual({ token: TEXT, refreshToken: TEXT, resfreshToken: body.refreshToken, expirationTime: TIME });
    expect((await post('/auth/refresh-token', { refreshToken: body.resfreshToken })).status).toBe(200);
    expect((await service.api.as({ token: body.token }).get('/user/me')).status).toBe(200);
  });

  it('is refused a refresh in the documented ways (2.5)', async () => {
    const leaving = await join(service);
    expectError(await post('/auth/refresh-token', {}), 400);
    expectError(await post('/auth/refresh-token', { refreshToken: 'invalid' }), 401);
    const { refreshToken } = (await post('/auth/login', { email: ada.email, password: PASSWORD })).body;
    service.clock.advance(31 * DAY_MS);
    expectError(await post('/auth/refresh-token', { refreshToken }), 401);
    const { body } = await post('/auth/login', { email: leaving.email, password: PASSWORD });
    expect((await service.api.as(body).delete('/user', { password: PASSWORD })).status).toBe(200);
    expectError(await post('/auth/refresh-token', { refreshToken: body.refreshToken }), 404);
  });

  it.each(['token', 'apiKey'])('changes its password with its %s (2.6)', async (kind) => {
    const { token, email } = await join(service);
    const { apiKey } = (await service.api.as({ token }).get('/user/generate-apikey')).body;
    const client = service.api.as(kind === 'token' ? { token } : { apiKey });
    const change = (body: object) => client.post('/auth/change-password', body);
    expectError(await change({ newPassword: NEW_PASSWORD }), 400);
    expectError(await change({ oldPassword: PASSWORD }), 400);
    expectError(await change({ oldPassword: 'not hers', newPassword: NEW_PASSWORD }), 401);
    const { status, body } = await change({ oldPassword: PASSWORD, newPassword: NEW_PASSWORD });
    expect({ status, body }).toEqual(DONE);
    expect((await post('/auth/login', { email, password: NEW_PASSWORD })).status).toBe(200);
    expectError(await post('/auth/change-password', { oldPassword: PASSWORD, newPassword: NEW_PASSWORD }), 401);
  });

  it('resets a forgotten password, by token and new password or with the email too (2.7, 2.8)', async () => {
    for (const withEmail of [false, true]) {
      const email = newAddress();
      await join(service, email);
      const forgot = await post('/auth/forgot-password', { email });
      expect(forgot.body).toEqual({ message: TEXT, status: 'success' });
      expect((await post('/auth/forgot-password', { email: newAddress() })).body).toEqual(forgot.body);
      const token = await service.mailbox.nextResetToken(email);
      const request = { token, newPassword: NEW_PASSWORD, ...(withEmail && { email }) };
      const { status, body } = await post('/auth/reset-password', request);
      expect({ status, body }).toEqual(DONE);
      expectError(await post('/auth/reset-password', request), 400);
      expect((await post('/auth/login', { email, password: NEW_PASSWORD })).status).toBe(200);
    }
  });

  it('is refused a reset in the documented ways (2.7, 2.8)', async () => {
    const email = newAddress();
    await join(service, email);
    expectError(await post('/auth/forgot-password', {}), 400);
    expectError(await post('/auth/forgot-password', { email: 'ada' }), 400);
    expectError(await post('/auth/reset-password', { token: 'invalid', newPassword: NEW_PASSWORD }), 400);
    expectError(await post('/auth/reset-password', { newPassword: NEW_PASSWORD }), 400);
    await post('/auth/forgot-password', { email });
    const token = await service.mailbox.nextResetToken(email);
    service.clock.advance(2 * HOUR_MS);
    expectError(await post('/auth/reset-password', { token, newPassword: NEW_PASSWORD }), 400);
  });

  it('generates an API key, with its token only (3.1)', async () => {
    const { token } = (await post('/auth/login', { email: ada.email, password: PASSWORD })).body;
    const { status, body } = await service.api.as({ token }).get('/user/generate-apikey');
    expect({ status, body }).toEqual({
      status: 200,
      body: { message: TEXT, status: 'success', apiKey: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    expectError(await service.api.get('/user/generate-apikey'), 401);
    expectError(await service.api.as({ apiKey: body.apiKey }).get('/user/generate-apikey'), 401);
  });

  describe.each(['token', 'apiKey'])('and that has its %s', (kind) => tellOwnerStory(kind, () => service));

  it('lists the voices and gets one, with its token or its API key (7.1, 7.2)', async () => {
    const { token } = (await post('/auth/login', { email: ada.email, password: PASSWORD })).body;
    const { apiKey } = (await service.api.as({ token }).get('/user/generate-apikey')).body;
    const voice = {
      name: TEXT,
      labels: { accent: TEXT, description: TEXT, age: TEXT, gender: TEXT, use_case: TEXT },
      voice_id: expect.stringMatching(/^[A-Za-z0-9]{20}$/),
      preview_url: TEXT,
    };
    for (const as of [{ token }, { apiKey }]) {
      const { status, body } = await service.api.as(as).get('/voices');
      expect({ status, body }).toMatchObject(DONE);
      expect(body.voices).toEqual(body.voices.map(() => voice));
      const one = await service.api.as(as).get(`/voices/${body.voices[0].voice_id}`);
      expect(one).toMatchObject({ status: 200, body: { message: TEXT, status: 'success', voice: body.voices[0] } });
    }
    expectError(await service.api.get('/voices'), 401);
    expectError(await service.api.get('/voices/388RBsNDjMwsbQLvGO8L'), 401);
    expectError(await service.api.as({ token }).get('/voices/unknown'), 404);
  });
});
