import { enterCode } from '../support/codes.js';
import { newAddress, PASSWORD, signUp } from '../support/people.js';
import { logIn, statusFor } from '../support/sessions.js';
import { startApp, TestApp } from '../support/start-app.js';

/** Every endpoint that wants credentials. */
const GUARDED: [method: string, path: string][] = [
  ['GET', '/user/me'],
  ['GET', '/user/generate-apikey'],
  ['DELETE', '/user/apikey'],
  ['GET', '/user/export'],
  ['GET', '/user/sessions'],
  ['DELETE', '/user/sessions/019b7a3e-7d5e-7c8a-9d3f-2b1c4d5e6f70'],
  ['DELETE', '/user'],
  ['POST', '/auth/change-password'],
  ['POST', '/auth/logout'],
  ['POST', '/auth/logout-all'],
];

interface Signup {
  email: string;
  password: string;
  name: string;
  token: string;
  refreshToken: string;
  code: string;
  signupStatus: number;
}

describe('The signups of one address', () => {
  let service: TestApp;
  beforeAll(async () => (service = await startApp()));
  afterAll(() => service.close());

  async function attempt(email: string, name: string): Promise<Signup> {
    const password = `the password of ${name}`;
    const { body } = await signUp(service, email, password, name);
    return { ...body, email, password, name, code: await service.mailbox.nextCode(email) };
  }

  const refresh = ({ refreshToken }: { refreshToken: string }) =>
    service.api.post('/auth/refresh-token', { refreshToken });
  const rowsOf = (table: string, email: string) => service.query(`SELECT id FROM ${table} WHERE email = '${email}'`);

  /** The signup opens nothing: not with its password, not with its token, not with its refresh token. */
  async function expectDestroyed(signup: Signup): Promise<void> {
    expect((await logIn(service, signup)).body).toMatchObject({ code: 'INVALID_PASSWORD', loginStatus: 4 });
    const me = await service.api.as(signup).get('/user/me');
    expect(me).toMatchObject({ status: 401, body: { code: 'TOKEN_INVALID' } });
    expect(await refresh(signup)).toMatchObject({ status: 401, body: { code: 'REFRESH_TOKEN_INVALID' } });
  }

  /** The signup became the account: its password, name and session. */
  async function expectActive(signup: Signup): Promise<void> {
    expect((await logIn(service, signup)).body).toMatchObject({ user: { name: signup.name }, loginStatus: 7 });
    const me = await service.api.as(signup).get('/user/me');
    expect(me).toMatchObject({ status: 200, body: { user: { email: signup.email, name: signup.name } } });
    expect((await refresh(signup)).status).toBe(200);
  }

  it('gives tokens that open nothing until the code comes, and then work without a new login', async () => {
    const ada = await attempt(newAddress(), 'Ada');
    for (const [method, path] of GUARDED) {
      const answer = await service.api.as(ada).send(method, path, method === 'GET' ? undefined : {});
      expect([path, answer.status, answer.body.code]).toEqual([path, 401, 'EMAIL_NOT_VERIFIED']);
    }
    expect(await refresh(ada)).toMatchObject({ status: 401, body: { code: 'EMAIL_NOT_VERIFIED' } });
    expect(await logIn(service, ada)).toMatchObject({
      status: 401,
      body: { code: 'ACCOUNT_NOT_VERIFIED', loginStatus: 2 },
    });

    expect((await enterCode(service, ada.email, ada.code)).status).toBe(200);
    await expectActive(ada);
  });

  it('wakes the tokens at once on the other instances too, although they have just seen them asleep', async () => {
    const other = await service.another();
    const ada = await attempt(newAddress(), 'Ada');
    for (let i = 0; i < 2; i += 1) expect(await statusFor(other, ada)).toBe(401);
    await enterCode(service, ada.email, ada.code);
    expect(await statusFor(other, ada)).toBe(200);
  });

  it.each([0, 1, 2])('makes the account of signup %i, whose code came, and destroys the others', async (chosen) => {
    const email = newAddress();
    const signups = [await attempt(email, 'Ada'), await attempt(email, 'Bob'), await attempt(email, 'Cem')];
    expect(signups.map(({ signupStatus }) => signupStatus)).toEqual([3, 2, 2]);
    expect(new Set(signups.map(({ code }) => code)).size).toBe(3);

    const { body } = await enterCode(service, email, signups[chosen].code, signups[chosen].token);
    expect(body).toMatchObject({ userData: { email, name: signups[chosen].name }, verificationStatus: 2 });
    await expectActive(signups[chosen]);
    for (const other of signups.filter((_, index) => index !== chosen)) {
      await expectDestroyed(other);
      expect((await enterCode(service, email, other.code)).body).toMatchObject({ code: 'ACCOUNT_EXISTS' });
    }
    expect(await rowsOf('signup_attempts', email)).toEqual([]);
  });

  it('lets nobody plant a password, neither before nor after the owner signs up', async () => {
    const email = newAddress();
    const early = await attempt(email, 'Early Eve');
    const owner = await attempt(email, 'Owner');
    const late = await attempt(email, 'Late Eve');
    await enterCode(service, email, owner.code, owner.token);
    await expectDestroyed(early);
    await expectDestroyed(late);
    await expectActive(owner);
    const again = await signUp(service, email, 'the password of Eve', 'Eve');
    expect(again).toMatchObject({ status: 400, body: { code: 'ACCOUNT_ALREADY_EXISTS', signupStatus: 1 } });
    expect(again.body.token).toBeUndefined();
    await expectActive({ ...owner, refreshToken: (await logIn(service, owner)).body.refreshToken });
  });

  it('logs nobody in with the password of a signup, and tells only its owner that the code is missing', async () => {
    const email = newAddress();
    const [eve, owner] = [await attempt(email, 'Eve'), await attempt(email, 'Owner')];
    for (const signup of [eve, owner]) expect((await logIn(service, signup)).body.loginStatus).toBe(2);
    expect((await logIn(service, { email, password: PASSWORD })).body.loginStatus).toBe(4);
  });

  it('keeps three signups of an address alive: the oldest goes first, with its code and its tokens', async () => {
    const email = newAddress();
    const oldest = await attempt(email, 'Oldest');
    const others = [await attempt(email, 'Ada'), await attempt(email, 'Bob'), await attempt(email, 'Cem')];
    expect((await enterCode(service, email, oldest.code)).body).toMatchObject({ code: 'INVALID_CODE' });
    await expectDestroyed(oldest);
    for (const other of others) expect((await logIn(service, other)).body.loginStatus).toBe(2);
    expect((await enterCode(service, email, others[0].code, others[0].token)).status).toBe(200);
    await expectActive(others[0]);
  });

  it('makes 50 parallel signups of an address one new one and 49 repeated ones, three of them alive', async () => {
    const email = newAddress();
    const answers = await Promise.all(Array.from({ length: 50 }, () => signUp(service, email)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(answers.filter(({ body }) => body.signupStatus === 3)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.signupStatus === 2)).toHaveLength(49);
    expect(await rowsOf('signup_attempts', email)).toHaveLength(3);

    const codes = await Promise.all(answers.map(() => service.mailbox.nextCode(email)));
    expect(new Set(codes).size).toBeGreaterThan(45);
    const inert = await Promise.all(answers.map(({ body }) => service.api.as(body).get('/user/me')));
    expect(inert.filter(({ body }) => body.code === 'EMAIL_NOT_VERIFIED')).toHaveLength(3);
    expect(inert.filter(({ body }) => body.code === 'TOKEN_INVALID')).toHaveLength(47);
  });

  it('makes one account when the codes of two signups come at the same moment', async () => {
    const pairs = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const email = newAddress();
        return [await attempt(email, 'Ada'), await attempt(email, 'Bob')];
      }),
    );
    const answers = await Promise.all(
      pairs.map((pair) => Promise.all(pair.map(({ email, code, token }) => enterCode(service, email, code, token)))),
    );
    for (const [index, pair] of pairs.entries()) {
      const won = answers[index].findIndex(({ status }) => status === 200);
      expect(answers[index][1 - won]).toMatchObject({ status: 400, body: { code: 'ACCOUNT_EXISTS' } });
      await expectActive(pair[won]);
      await expectDestroyed(pair[1 - won]);
      expect(await rowsOf('users', pair[won].email)).toHaveLength(1);
    }
  });

  it('leaves no signup behind when others sign up at the moment of the verification', async () => {
    const owners = await Promise.all(Array.from({ length: 8 }, () => attempt(newAddress(), 'Owner')));
    await Promise.all(
      owners.flatMap(({ email, code }) => [
        signUp(service, email),
        enterCode(service, email, code),
        signUp(service, email),
      ]),
    );
    for (const owner of owners) {
      await expectActive(owner);
      expect(await rowsOf('signup_attempts', owner.email)).toEqual([]);
    }
  });
});
