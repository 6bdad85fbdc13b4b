import { ApiAnswer } from '../support/api-client.js';
import { askResetToken, refresh } from '../support/credentials.js';
import { join, newAddress, PASSWORD, Person } from '../support/people.js';
import { expectOver, logIn, openSession, statusFor } from '../support/sessions.js';
import { startApp, TestApp } from '../support/start-app.js';

const NEW_PASSWORD = 'seven quiet lighthouses';

describe('Changing the password', () => {
  let service: TestApp;
  /** Somebody whose password no test changes. */
  let augusta: Person;
  beforeAll(async () => {
    service = await startApp();
    augusta = await join(service, newAddress(), PASSWORD, 'Augusta Ada King');
  });
  afterAll(() => service.close());

  const change = (person: { token: string }, body: unknown): Promise<ApiAnswer> =>
    service.api.as({ token: person.token }).post('/auth/change-password', body);
  const apiKeyOf = async ({ token }: Person): Promise<string> =>
    (await service.api.as({ token }).get('/user/generate-apikey')).body.apiKey;

  it('answers as documented; from then on only the new password logs in', async () => {
    const ada = await join(service);
    const { status, body } = await change(ada, { oldPassword: PASSWORD, newPassword: NEW_PASSWORD });
    expect({ status, body }).toEqual({ status: 200, body: { message: expect.any(String), status: 'success' } });
    expect((await logIn(service, ada)).body).toMatchObject({ code: 'INVALID_PASSWORD', loginStatus: 4 });
    expect((await logIn(service, { ...ada, password: NEW_PASSWORD })).status).toBe(200);
  });

  it('keeps the session of the request, and ends all others at once', async () => {
    const ada = await join(service);
    const phone = await openSession(service, ada);
    const laptop = await openSession(service, ada);
    const stranger = await join(service);
    for (const { token } of [ada, phone, laptop]) expect(await statusFor(service, { token })).toBe(200);

    await change(laptop, { oldPassword: PASSWORD, newPassword: NEW_PASSWORD });

    expect(await statusFor(service, laptop)).toBe(200);
    expect((await refresh(service, laptop.refreshToken)).status).toBe(200);
    for (const session of [ada, phone]) await expectOver(service, session);
    expect(await statusFor(service, { token: stranger.token })).toBe(200);
  });

  it('works with an API key and the old password: then every session ends, and the key stays', async () => {
    const ada = await join(service);
    const phone = await openSession(service, ada);
    const apiKey = await apiKeyOf(ada);
    const asKey = service.api.as({ apiKey });
    const wrong = await asKey.post('/auth/change-password', { oldPassword: 'not this one', newPassword: NEW_PASSWORD });
    expect(wrong).toMatchObject({ status: 401, body: { code: 'INVALID_PASSWORD' } });
    const right = await asKey.post('/auth/change-password', { oldPassword: PASSWORD, newPassword: NEW_PASSWORD });
    expect(right.status).toBe(200);
    for (const { token } of [ada, phone]) expect(await statusFor(service, { token })).toBe(401);
    expect(await statusFor(service, { apiKey })).toBe(200);
    expect((await logIn(service, { ...ada, password: NEW_PASSWORD })).status).toBe(200);
  });

  it('keeps the session that asks when it sends its API key along', async () => {
    const ada = await join(service);
    const both = service.api.as({ token: ada.token, apiKey: await apiKeyOf(ada) });
    await both.post('/auth/change-password', { oldPassword: PASSWORD, newPassword: NEW_PASSWORD });
    expect(await statusFor(service, { token: ada.token })).toBe(200);
  });

  it('sends a notice that tells when, and no password', async () => {
    const ada = await join(service);
    await change(ada, { oldPassword: PASSWORD, newPassword: NEW_PASSWORD });
    const letter = await service.mailbox.next(ada.email);
    expect(letter.subject).toBe('Your Talkstack password was changed');
    expect(letter.text).toContain('Hello Ada,');
    expect(letter.text).toMatch(/changed on \d{1,2} \w+ \d{4} at \d\d:\d\d UTC/);
    expect(letter.text).toMatch(/All other devices were signed out\. If you have an API key, it goes on working/);
    expect(letter.raw).not.toContain(PASSWORD);
    expect(letter.raw).not.toContain(NEW_PASSWORD);
  });

  it('makes an earlier reset link useless', async () => {
    const ada = await join(service);
    const token = await askResetToken(service, ada.email);
    await change(ada, { oldPassword: PASSWORD, newPassword: NEW_PASSWORD });
    const reset = await service.api.post('/auth/reset-password', {
      token,
      newPassword: 'planted through the old link',
    });
    expect(reset).toMatchObject({ status: 400, body: { code: 'RESET_TOKEN_INVALID' } });
  });

  it('answers 401 to a wrong old password, and changes nothing', async () => {
    const ada = await join(service);
    const phone = await openSession(service, ada);
    for (const oldPassword of ['not this one', PASSWORD.toUpperCase(), `${PASSWORD} `, ` ${PASSWORD}`, ' ']) {
      const { status, body } = await change(ada, { oldPassword, newPassword: NEW_PASSWORD });
      expect({ status, body }).toMatchObject({ status: 401, body: { status: 'error', code: 'INVALID_PASSWORD' } });
    }
    expect(await statusFor(service, phone)).toBe(200);
    expect((await logIn(service, ada)).status).toBe(200);
    expect(service.mailbox.to(ada.email)).toHaveLength(1);
  });

  it.each([
    ['nothing at all', {}, ['oldPassword', 'newPassword']],
    ['no old password', { newPassword: NEW_PASSWORD }, ['oldPassword']],
    ['no new password', { oldPassword: PASSWORD }, ['newPassword']],
    ['an old password that is null', { oldPassword: null, newPassword: NEW_PASSWORD }, ['oldPassword']],
    ['an empty new password', { oldPassword: PASSWORD, newPassword: '' }, ['newPassword']],
  ])('answers 400 to %s, and names the fields', async (_, body, fields) => {
    const answer = await change(augusta, body);
    expect(answer).toMatchObject({ status: 400, body: { status: 'error', code: 'CREDENTIALS_MISSING' } });
    expect(answer.body.errors.map(({ field }: { field: string }) => field)).toEqual(fields);
  });

  it('responds 400 to passwords that are not strings', async () => {
    const answer = await change(augusta, { oldPassword: 12345678, newPassword: { $ne: '' } });
    expect(answer).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } });
    expect(answer.body.errors.map(({ field }: { field: string }) => field)).toEqual(['oldPassword', 'newPassword']);
  });

  it.each([
    ['PASSWORD_TOO_SHORT', 'seven77'],
    ['PASSWORD_TOO_SHORT', '🔑🔑🔑🔑🔑🔑🔑'],
    ['PASSWORD_TOO_LONG', 'x'.repeat(257)],
    ['PASSWORD_COMMON', 'password123'],
    ['PASSWORD_COMMON', 'PassWord123'],
    ['PASSWORD_COMMON', 'Augusta Ada King'],
  ])('refuses with %s, next to the field, the new password "%s"', async (code, newPassword) => {
    const { status, body } = await change(augusta, { oldPassword: PASSWORD, newPassword });
    expect(status).toBe(400);
    expect(body).toMatchObject({ code, errors: [{ field: 'newPassword', message: body.message }] });
    expect((await logIn(service, augusta)).status).toBe(200);
  });

  it('refuses the address as the new password', async () => {
    const newPassword = augusta.email.toUpperCase();
    const { status, body } = await change(augusta, { oldPassword: PASSWORD, newPassword });
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 'PASSWORD_COMMON', errors: [{ field: 'newPassword' }] });
  });

  it('takes the new password as it is: 256 characters of any script, blanks and case included', async () => {
    const ada = await join(service);
    const newPassword = ` Ünïcödé 密码 🔑 ${'x'.repeat(241)} `;
    expect([...newPassword]).toHaveLength(256);
    expect((await change(ada, { oldPassword: PASSWORD, newPassword })).status).toBe(200);
    for (const wrong of [newPassword.trim(), newPassword.toLowerCase(), newPassword.slice(0, 255), `${newPassword}x`]) {
      expect((await logIn(service, { ...ada, password: wrong })).status).toBe(401);
    }
    // The same characters in another encoding, as another keyboard sends them.
    for (const same of [newPassword.normalize('NFC'), newPassword.normalize('NFD')]) {
      expect((await logIn(service, { ...ada, password: same })).status).toBe(200);
    }
  });

  it('answers 401 without credentials', async () => {
    const answer = await service.api.post('/auth/change-password', {
      oldPassword: PASSWORD,
      newPassword: NEW_PASSWORD,
    });
    expect(answer).toMatchObject({ status: 401, body: { code: 'UNAUTHORIZED' } });
  });

  it('lets exactly one of several concurrent changes succeed', async () => {
    const ada = await join(service);
    const passwords = ['first of two rivals', 'second of two rivals'];
    const answers = await Promise.all(
      passwords.map((newPassword) => change(ada, { oldPassword: PASSWORD, newPassword })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
    const winner = answers.findIndex(({ status }) => status === 200);
    expect(answers[1 - winner].body.code).toBe('INVALID_PASSWORD');
    expect((await logIn(service, { ...ada, password: passwords[winner] })).status).toBe(200);
    expect((await logIn(service, { ...ada, password: passwords[1 - winner] })).status).toBe(401);
  });

  it('leaves no session behind that the old password opened meanwhile', async () => {
    const ada = await join(service);
    const logIns = (): Promise<ApiAnswer>[] => Array.from({ length: 10 }, () => logIn(service, ada));
    const [changed, ...answers] = await Promise.all([
      change(ada, { oldPassword: PASSWORD, newPassword: NEW_PASSWORD }),
      ...logIns(),
    ]);
    expect(changed.status).toBe(200);
    for (const { status, body } of answers) {
      if (status === 200) expect(await statusFor(service, { token: body.token })).toBe(401);
      else expect(body.code).toBe('INVALID_PASSWORD');
    }
    const sessions = await service.api.as(ada).get('/user/sessions');
    expect(sessions.body.sessions).toMatchObject([{ current: true }]);
  });

  it('ends the others within 10 seconds on the other instances, which go on serving the one that asked', async () => {
    const other = await service.another();
    const ada = await join(service);
    const phone = await openSession(service, ada);
    for (const { token } of [ada, phone]) expect(await statusFor(other, { token })).toBe(200);
    await change(phone, { oldPassword: PASSWORD, newPassword: NEW_PASSWORD });
    service.clock.advance(10_000);
    expect(await statusFor(other, { token: ada.token })).toBe(401);
    expect(await statusFor(other, phone)).toBe(200);
  });
});
