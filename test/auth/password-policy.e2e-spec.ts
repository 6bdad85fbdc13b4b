import { ApiAnswer } from '../support/api-client.js';
import { enterCode } from '../support/codes.js';
import { askResetToken } from '../support/credentials.js';
import { join, newAddress, PASSWORD, signUp } from '../support/people.js';
import { logIn } from '../support/sessions.js';
import { startApp, TestApp } from '../support/start-app.js';

const FOX = '🦊';
const E_AND_ACUTE = 'e\u0301';
const E_ACUTE = '\u00e9';

describe('A password', () => {
  let service: TestApp;
  beforeAll(async () => (service = await startApp()));
  afterAll(() => service.close());

  const signUpWith = (password: string, name = 'Ada', email = newAddress()): Promise<ApiAnswer> =>
    signUp(service, email, password, name);

  function expectRefused(answer: ApiAnswer, code: string): void {
    expect(answer).toMatchObject({ status: 400, body: { code, signupStatus: 4 } });
    expect(answer.body.errors).toEqual([{ field: 'password', message: answer.body.message }]);
  }

  /** Statuses of logging in as somebody who joined with `password`: first with it, then with the others. */
  async function loginStatuses(password: string, ...others: string[]): Promise<number[]> {
    const { email } = await join(service, newAddress(), password);
    const answers = [password, ...others].map((tried) => logIn(service, { email, password: tried }));
    return (await Promise.all(answers)).map(({ status }) => status);
  }

  it('has at least eight characters; one that takes many bytes counts as one', async () => {
    for (const password of ['zq7 vtk', FOX.repeat(7), E_AND_ACUTE.repeat(7), '       ']) {
      const answer = await signUpWith(password);
      expectRefused(answer, 'PASSWORD_TOO_SHORT');
      expect(answer.body.message).toContain('8');
    }
    for (const password of ['zq7 vtkw', FOX.repeat(8), E_AND_ACUTE.repeat(8)]) {
      expect((await signUpWith(password)).status).toBe(200);
    }
  });

  it('has at most 256 characters, not bytes', async () => {
    for (const one of ['x', FOX, E_AND_ACUTE]) {
      expect((await signUpWith(one.repeat(256))).status).toBe(200);
      expectRefused(await signUpWith(one.repeat(257)), 'PASSWORD_TOO_LONG');
    }
    expect(await loginStatuses(FOX.repeat(256), FOX.repeat(255), 'x'.repeat(50_000))).toEqual([200, 401, 401]);
  });

  it('is the same however the keyboard composes its characters', async () => {
    const [composed, decomposed] = [E_ACUTE, E_AND_ACUTE].map((e) => `caf${e} au lait, s'il vous pla\u00eet`);
    expect(composed).not.toBe(decomposed);
    expect(await loginStatuses(decomposed, composed)).toEqual([200, 200]);
    expect(await loginStatuses(composed, decomposed)).toEqual([200, 200]);
  });

  it('is never trimmed, folded or truncated', async () => {
    expect(await loginStatuses('  quiet lighthouse ', 'quiet lighthouse', ' quiet lighthouse')).toEqual([
      200, 401, 401,
    ]);
    expect(await loginStatuses('Quiet Lighthouse', 'quiet lighthouse', 'QUIET LIGHTHOUSE')).toEqual([200, 401, 401]);
    expect(await loginStatuses('\ufb01ne lighthouse', 'fine lighthouse')).toEqual([200, 401]);
    const long = 'y'.repeat(255);
    expect(await loginStatuses(long + 'a', long + 'b', long, 'y'.repeat(72))).toEqual([200, 401, 401, 401]);
    expect(await loginStatuses('lighthouse\0one', 'lighthouse\0two', 'lighthouse')).toEqual([200, 401, 401]);
  });

  it.each([
    'quiet lighthouse',
    'QUIETLIGHTHOUSE',
    '84629173550',
    '~~~~~~~~~~~~~',
    '静かな灯台と青い海',
    '\t\t\t\t\t\t\t\t',
  ])('needs no mixture of characters: %j will do', async (password) => {
    expect((await signUpWith(password)).status).toBe(200);
  });

  it.each([
    'password123',
    'PASSWORD123',
    'PassWord123',
    '12345678',
    '1234567890',
    'qwertyuiop',
    'iloveyou',
    'Sunshine1',
  ])('is none of the widely used ones: %s', async (password) => {
    expectRefused(await signUpWith(password), 'PASSWORD_COMMON');
  });

  it('may contain a widely used one', async () => {
    expect((await signUpWith('password123 of a lighthouse')).status).toBe(200);
  });

  it('is neither the address nor the name, in whatever case or form', async () => {
    const email = 'grace.hopper@example.com';
    for (const password of [email, email.toUpperCase(), 'Grace.Hopper@Example.com']) {
      expectRefused(await signUpWith(password, 'Grace', ` ${email.toUpperCase()} `), 'PASSWORD_COMMON');
    }
    const name = `Gr${E_ACUTE}ce Hopper`;
    for (const password of [name, name.toLowerCase(), name.toUpperCase(), `Gr${E_AND_ACUTE}ce Hopper`]) {
      expectRefused(await signUpWith(password, `  ${name} `), 'PASSWORD_COMMON');
    }
    expect((await signUpWith(`${name} 1906`, name)).status).toBe(200);
  });

  it('follows the same rules when it is changed or reset', async () => {
    const ada = await join(service, newAddress(), PASSWORD, 'Ada Lovelace');
    const token = await askResetToken(service, ada.email);
    const cases = [
      ['zq7 vtk', 'PASSWORD_TOO_SHORT'],
      [FOX.repeat(257), 'PASSWORD_TOO_LONG'],
      ['PASSWORD123', 'PASSWORD_COMMON'],
      [ada.email.toUpperCase(), 'PASSWORD_COMMON'],
      ['ada lovelace', 'PASSWORD_COMMON'],
    ];
    for (const [newPassword, code] of cases) {
      const change = { oldPassword: PASSWORD, newPassword };
      const changed = await service.api.as(ada).post('/auth/change-password', change);
      const reset = await service.api.post('/auth/reset-password', { token, newPassword });
      for (const answer of [changed, reset]) {
        expect(answer).toMatchObject({ status: 400, body: { code } });
        expect(answer.body.errors).toEqual([{ field: 'newPassword', message: answer.body.message }]);
      }
    }
    expect((await logIn(service, ada)).status).toBe(200);
    const reset = { token, newPassword: '  quiet lighthouse' };
    expect((await service.api.post('/auth/reset-password', reset)).status).toBe(200);
    expect((await logIn(service, { ...ada, password: 'quiet lighthouse' })).status).toBe(401);
    expect((await logIn(service, { ...ada, password: '  quiet lighthouse' })).status).toBe(200);
  });
});

describe('With PASSWORD_MIN_LENGTH=12, a password', () => {
  let service: TestApp;
  beforeAll(async () => (service = await startApp({ PASSWORD_MIN_LENGTH: '12' })));
  afterAll(() => service.close());

  it('has at least twelve characters', async () => {
    const short = await signUp(service, newAddress(), 'quiet light');
    expect(short).toMatchObject({ status: 400, body: { code: 'PASSWORD_TOO_SHORT', signupStatus: 4 } });
    expect(short.body.message).toContain('12');
    const email = newAddress();
    expect((await signUp(service, email, 'quiet lights')).status).toBe(200);
    expect((await enterCode(service, email, await service.mailbox.nextCode(email))).status).toBe(200);
  });
});
