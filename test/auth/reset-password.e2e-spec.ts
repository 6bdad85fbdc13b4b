import { ApiAnswer } from '../support/api-client.js';
import { askResetToken } from '../support/credentials.js';
import { join, newAddress, PASSWORD } from '../support/people.js';
import { expectOver, logIn, openSession, statusFor } from '../support/sessions.js';
import { startApp, TestApp } from '../support/start-app.js';

const MINUTE_MS = 60_000;
const NEW_PASSWORD = 'seven quiet lighthouses';

describe('Resetting the password', () => {
  let service: TestApp;
  beforeAll(async () => (service = await startApp()));
  afterAll(() => service.close());

  const reset = (body: unknown): Promise<ApiAnswer> => service.api.post('/auth/reset-password', body);
  const refused = { status: 400, body: { status: 'error', code: 'RESET_TOKEN_INVALID' } };

  it('answers as documented and logs nobody in; from then on only the new password does', async () => {
    const ada = await join(service);
    const answer = await reset({ token: await askResetToken(service, ada.email), newPassword: NEW_PASSWORD });
    expect(answer).toMatchObject({ status: 200, body: { message: expect.any(String), status: 'success' } });
    expect(Object.keys(answer.body).sort()).toEqual(['message', 'status']);
    expect(answer.headers.get('set-cookie')).toBeNull();
    const [{ id }] = await service.query(`SELECT id FROM users WHERE email = '${ada.email}'`);
    expect(await service.query(`SELECT id FROM sessions WHERE user_id = '${id}'`)).toEqual([]);
    expect((await logIn(service, ada)).status).toBe(401);
    expect((await logIn(service, { ...ada, password: NEW_PASSWORD })).status).toBe(200);
  });

  it('accepts a token once', async () => {
    const ada = await join(service);
    const token = await askResetToken(service, ada.email);
    await reset({ token, newPassword: NEW_PASSWORD });
    expect(await reset({ token, newPassword: 'a second try with it' })).toMatchObject(refused);
    expect((await logIn(service, { ...ada, password: NEW_PASSWORD })).status).toBe(200);
  });

  it('accepts a token for 60 minutes', async () => {
    const [ada, eve] = [await join(service), await join(service)];
    const [inTime, late] = [await askResetToken(service, ada.email), await askResetToken(service, eve.email)];
    service.clock.advance(59 * MINUTE_MS);
    expect((await reset({ token: inTime, newPassword: NEW_PASSWORD })).status).toBe(200);
    service.clock.advance(MINUTE_MS);
    expect(await reset({ token: late, newPassword: NEW_PASSWORD })).toMatchObject(refused);
    expect((await logIn(service, eve)).status).toBe(200);
  });

  it('accepts only the newest token', async () => {
    const ada = await join(service);
    const old = await askResetToken(service, ada.email);
    service.clock.advance(MINUTE_MS);
    const newest = await askResetToken(service, ada.email);
    expect(await reset({ token: old, newPassword: NEW_PASSWORD })).toMatchObject(refused);
    expect((await reset({ token: newest, newPassword: NEW_PASSWORD })).status).toBe(200);
    expect(await service.query(`SELECT email FROM reset_tokens WHERE email = '${ada.email}'`)).toEqual([]);
  });

  it('refuses a token that is unknown, truncated, changed, or far too long', async () => {
    const { email } = await join(service);
    const token = await askResetToken(service, email);
    const [{ token_hash: hash }] = await service.query(`SELECT token_hash FROM reset_tokens WHERE email = '${email}'`);
    const changed = token.startsWith('A') ? `B${token.slice(1)}` : `A${token.slice(1)}`;
    const wrong = [hash, token.slice(0, -1), changed, token.toUpperCase(), 'x'.repeat(5000), "' OR ''='", 'x\0'];
    for (const one of wrong) expect(await reset({ token: one, newPassword: NEW_PASSWORD })).toMatchObject(refused);
    expect((await reset({ token, newPassword: NEW_PASSWORD })).status).toBe(200);
  });

  it.each([
    ['nothing at all', {}, ['token', 'newPassword']],
    ['no token', { newPassword: NEW_PASSWORD }, ['token']],
    ['a blank token', { token: '  ', newPassword: NEW_PASSWORD }, ['token']],
    ['no password', { token: 'abc' }, ['newPassword']],
    ['a password that is null', { token: 'abc', newPassword: null }, ['newPassword']],
  ])('answers 400 to %s, and names the fields', async (_, body, fields) => {
    const answer = await reset(body);
    expect(answer).toMatchObject({ status: 400, body: { status: 'error', code: 'CREDENTIALS_MISSING' } });
    expect(answer.body.errors.map(({ field }: { field: string }) => field)).toEqual(fields);
  });

  it('answers 400 to a token and a password that are no text, and names the fields', async () => {
    const { status, body } = await reset({ token: { $ne: null }, newPassword: [NEW_PASSWORD] });
    expect({ status, body }).toMatchObject({ status: 400, body: { status: 'error', code: 'VALIDATION_FAILED' } });
    expect(body.errors).toMatchObject([{ field: 'token' }, { field: 'newPassword' }]);
  });

  it('requires the account’s address if one is sent; a blank one counts as none', async () => {
    const [ada, eve] = [await join(service), await join(service)];
    const token = await askResetToken(service, ada.email);
    const wrong = await reset({ token, newPassword: NEW_PASSWORD, email: eve.email });
    expect(wrong).toMatchObject(refused);
    const malformed = await reset({ token, newPassword: NEW_PASSWORD, email: 'ada' });
    expect(malformed).toMatchObject({ status: 400, body: { code: 'INVALID_EMAIL', errors: [{ field: 'email' }] } });
    const right = await reset({ token, newPassword: NEW_PASSWORD, email: ` ${ada.email.toUpperCase()} ` });
    expect(right.status).toBe(200);
    for (const email of [null, '', '  ']) {
      await service.mailbox.next(ada.email);
      service.clock.advance(MINUTE_MS);
      const next = await askResetToken(service, ada.email);
      expect((await reset({ token: next, newPassword: NEW_PASSWORD, email })).status).toBe(200);
    }
  });

  it('refuses bad passwords next to the field, and leaves the token usable', async () => {
    const ada = await join(service, newAddress(), PASSWORD, 'Augusta Ada King');
    const token = await askResetToken(service, ada.email);
    const bad = [
      ['PASSWORD_TOO_SHORT', 'seven77'],
      ['PASSWORD_TOO_LONG', 'x'.repeat(257)],
      ['PASSWORD_COMMON', 'Password123'],
      ['PASSWORD_COMMON', ada.email],
      ['PASSWORD_COMMON', 'augusta ada king'],
    ];
    for (const [code, newPassword] of bad) {
      const { status, body } = await reset({ token, newPassword });
      expect({ status, body }).toMatchObject({ status: 400, body: { code, errors: [{ field: 'newPassword' }] } });
    }
    expect((await logIn(service, ada)).status).toBe(200);
    expect((await reset({ token, newPassword: NEW_PASSWORD })).status).toBe(200);
  });

  it('is still possible after a mail scanner has opened the link', async () => {
    const ada = await join(service);
    const token = await askResetToken(service, ada.email);
    // A fragment stays in the client; some scanners send it all the same, as a query.
    for (const method of ['GET', 'HEAD', 'GET', 'OPTIONS', 'POST']) {
      await service.api.send(method, '/reset-password');
      await service.api.send(method, `/reset-password?token=${token}`);
    }
    expect((await service.api.get(`/auth/reset-password?token=${token}`)).status).toBe(404);
    expect((await logIn(service, ada)).status).toBe(200);
    expect((await reset({ token, newPassword: NEW_PASSWORD })).status).toBe(200);
  });

  it('lets exactly one of 20 parallel resets with one token win; its password is the one that logs in', async () => {
    const ada = await join(service);
    const token = await askResetToken(service, ada.email);
    const passwords = Array.from({ length: 20 }, (_, index) => `rival number ${index} of twenty`);
    const answers = await Promise.all(passwords.map((newPassword) => reset({ token, newPassword })));
    const winner = answers.findIndex(({ status }) => status === 200);
    const losers = answers.filter((_, index) => index !== winner);
    for (const answer of losers) expect(answer).toMatchObject(refused);
    const logins = await Promise.all(passwords.map((password) => logIn(service, { ...ada, password })));
    expect(logins.map(({ status }) => status)).toEqual(passwords.map((_, index) => (index === winner ? 200 : 401)));
    expect((await service.mailbox.next(ada.email)).subject).toBe('Your Talkstack password was changed');
    expect(service.mailbox.to(ada.email)).toHaveLength(3);
  });

  it('leaves no session behind that the old password opened meanwhile', async () => {
    const ada = await join(service);
    const token = await askResetToken(service, ada.email);
    const [done, ...logins] = await Promise.all([
      reset({ token, newPassword: NEW_PASSWORD }),
      ...Array.from({ length: 10 }, () => logIn(service, ada)),
    ]);
    expect(done.status).toBe(200);
    for (const { status, body } of logins) {
      if (status === 200) expect(await statusFor(service, { token: body.token })).toBe(401);
      else expect(body.code).toBe('INVALID_PASSWORD');
    }
    const login = await logIn(service, { ...ada, password: NEW_PASSWORD });
    expect((await service.api.as(login.body).get('/user/sessions')).body.sessions).toHaveLength(1);
  });

  it('ends every session, on all instances within 10 seconds, ends the API key, and sends a notice that says so', async () => {
    const other = await service.another();
    const ada = await join(service);
    const phone = await openSession(service, ada);
    const { apiKey } = (await service.api.as(ada).get('/user/generate-apikey')).body;
    await service.mailbox.next(ada.email);
    for (const { token } of [ada, phone]) expect(await statusFor(other, { token })).toBe(200);

    expect(await statusFor(other, { apiKey })).toBe(200);
    const token = await askResetToken(service, ada.email);
    expect((await reset({ token, newPassword: NEW_PASSWORD })).body.message).toMatch(/so is the API key/);

    for (const session of [ada, phone]) await expectOver(service, session);
    service.clock.advance(10_000);
    for (const { token } of [ada, phone]) expect(await statusFor(other, { token })).toBe(401);
    for (const instance of [service, other]) expect(await statusFor(instance, { apiKey })).toBe(401);
    const { subject, text } = await service.mailbox.next(ada.email);
    expect(subject).toBe('Your Talkstack password was changed');
    expect(text).toMatch(/All devices were signed out\. Your API key was ended/);
    expect(text).not.toMatch(/goes on working/);
  });

  it('keeps the API key with RESET_ENDS_API_KEY=off, and answer and notice say so', async () => {
    const lenient = await service.another({ RESET_ENDS_API_KEY: 'off' });
    const ada = await join(service);
    const { apiKey } = (await service.api.as(ada).get('/user/generate-apikey')).body;
    await service.mailbox.next(ada.email);
    const token = await askResetToken(service, ada.email);
    const answer = await lenient.api.post('/auth/reset-password', { token, newPassword: NEW_PASSWORD });
    expect(answer.body.message).toMatch(/API key keeps working/);
    expect(await statusFor(lenient, { apiKey })).toBe(200);
    const { text } = await service.mailbox.next(ada.email);
    expect(text).toMatch(/API key, it goes on working/);
    expect(text).toMatch(/a reset does not end it/);
  });
});
