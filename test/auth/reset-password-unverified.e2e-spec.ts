import { ApiAnswer } from '../support/api-client.js';
import { enterCode } from '../support/codes.js';
import { askResetToken } from '../support/credentials.js';
import { newAddress, PASSWORD, signUp } from '../support/people.js';
import { expectOver, logIn, statusFor } from '../support/sessions.js';
import { startApp, TestApp } from '../support/start-app.js';

const NEW_PASSWORD = 'seven quiet lighthouses';
const PLANTED = 'planted by somebody else';

describe('Resetting the password of an address that was never verified', () => {
  let service: TestApp;
  beforeAll(async () => (service = await startApp()));
  afterAll(() => service.close());

  const reset = (body: unknown): Promise<ApiAnswer> => service.api.post('/auth/reset-password', body);

  /** Two signups of one address wait for their codes: somebody else's, then the owner's. */
  const signUpTwice = async () => {
    const email = newAddress();
    const stranger = (await signUp(service, email, PLANTED, 'Mallory')).body;
    const strangersCode = await service.mailbox.nextCode(email);
    const owner = (await signUp(service, email, PASSWORD, 'Augusta Ada King')).body;
    return { email, signups: [stranger, owner], codes: [strangersCode, await service.mailbox.nextCode(email)] };
  };

  it('verifies it, under the name of its newest signup and with the new password', async () => {
    const { email } = await signUpTwice();
    const token = await askResetToken(service, email);
    expect((await reset({ token, newPassword: NEW_PASSWORD })).status).toBe(200);
    const login = await logIn(service, { email, password: NEW_PASSWORD });
    expect(login).toMatchObject({ status: 200, body: { user: { email, name: 'Augusta Ada King' } } });
    const me = await service.api.as(login.body).get('/user/me');
    expect(me.body.user).toMatchObject({ email, verified: true });
    expect((await service.api.as(login.body).get('/user/sessions')).body.sessions).toHaveLength(1);
    expect((await service.mailbox.next(email)).subject).toBe('Your Talkstack password was changed');
  });

  it('destroys the signups that waited: their passwords, sessions and codes', async () => {
    const { email, signups, codes } = await signUpTwice();
    await reset({ token: await askResetToken(service, email), newPassword: NEW_PASSWORD });
    for (const password of [PLANTED, PASSWORD]) {
      expect((await logIn(service, { email, password })).body).toMatchObject({ code: 'INVALID_PASSWORD' });
    }
    for (const session of signups) await expectOver(service, session);
    for (const code of codes) {
      expect((await enterCode(service, email, code)).body).toMatchObject({ code: 'ACCOUNT_EXISTS' });
    }
    expect(await service.query(`SELECT id FROM signup_attempts WHERE email = '${email}'`)).toEqual([]);
    expect((await logIn(service, { email, password: NEW_PASSWORD })).status).toBe(200);
  });

  it('judges the new password by the name of the newest signup, and by the address', async () => {
    const { email } = await signUpTwice();
    const token = await askResetToken(service, email);
    for (const newPassword of ['augusta ada king', email]) {
      const { status, body } = await reset({ token, newPassword });
      expect({ status, body }).toMatchObject({
        status: 400,
        body: { code: 'PASSWORD_COMMON', errors: [{ field: 'newPassword' }] },
      });
    }
  });

  it('leaves the signups waiting until the link is used', async () => {
    const { email, signups, codes } = await signUpTwice();
    const token = await askResetToken(service, email);
    expect((await enterCode(service, email, codes[1], signups[1].token)).status).toBe(200);
    expect(await statusFor(service, { token: signups[1].token })).toBe(200);
    expect((await reset({ token, newPassword: NEW_PASSWORD })).status).toBe(200);
    expect(await statusFor(service, { token: signups[1].token })).toBe(401);
  });

  it('makes one account when the code and the link are used at the same moment, with the password of the link', async () => {
    const five = await Promise.all(Array.from({ length: 5 }, () => signUpTwice()));
    const tokens = await Promise.all(five.map(({ email }) => askResetToken(service, email)));
    const races = five.map(async ({ email, codes, signups }, index) =>
      Promise.all([
        enterCode(service, email, codes[0], signups[0].token),
        reset({ token: tokens[index], newPassword: NEW_PASSWORD }),
        enterCode(service, email, codes[1], signups[1].token),
      ]),
    );
    for (const [first, done, second] of await Promise.all(races)) {
      expect(done.status).toBe(200);
      for (const { status } of [first, second]) expect([200, 400]).toContain(status);
    }
    for (const { email, signups } of five) {
      expect(await service.query(`SELECT id FROM users WHERE email = '${email}'`)).toHaveLength(1);
      expect((await logIn(service, { email, password: NEW_PASSWORD })).status).toBe(200);
      for (const { token } of signups) expect(await statusFor(service, { token })).toBe(401);
      for (const password of [PLANTED, PASSWORD]) expect((await logIn(service, { email, password })).status).toBe(401);
    }
  });

  it('makes one account of parallel resets with one token', async () => {
    const { email } = await signUpTwice();
    const token = await askResetToken(service, email);
    const passwords = Array.from({ length: 10 }, (_, index) => `rival number ${index} of ten`);
    const answers = await Promise.all(passwords.map((newPassword) => reset({ token, newPassword })));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.code === 'RESET_TOKEN_INVALID')).toHaveLength(9);
    const winner = answers.findIndex(({ status }) => status === 200);
    expect((await logIn(service, { email, password: passwords[winner] })).status).toBe(200);
  });
});
