import { PasswordHasher } from '../../src/auth/password-hasher.js';
import { Database } from '../../src/database/database.js';
import { UsersService } from '../../src/users/users.service.js';
import { enterCode } from '../support/codes.js';
import { askResetToken } from '../support/credentials.js';
import { newAddress, PASSWORD, signUp } from '../support/people.js';
import { logIn, statusFor } from '../support/sessions.js';
import { startApp, TestApp } from '../support/start-app.js';

const NEW_PASSWORD = 'seven quiet lighthouses';

describe('A signup whose code is entered in the middle of', () => {
  let service: TestApp;
  beforeAll(async () => (service = await startApp()));
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => service.close());

  /** A signup that waits for its code, and what enters that. */
  async function signUpForCode() {
    const email = newAddress();
    const { token } = (await signUp(service, email)).body;
    const code = await service.mailbox.nextCode(email);
    const verify = async () => expect((await enterCode(service, email, code)).status).toBe(200);
    return { email, token, verify };
  }

  it.each([
    ['right', PASSWORD, 'ACCOUNT_NOT_VERIFIED', 2],
    ['wrong', 'wrong', 'INVALID_PASSWORD', 4],
  ])(
    'a login with the %s password is answered as one that waited, not as unknown',
    async (_, password, code, state) => {
      const { email, verify } = await signUpForCode();
      const hasher = service.app.get(PasswordHasher);
      const hash = hasher.hash.bind(hasher);
      const hashing = jest.spyOn(hasher, 'hash').mockImplementationOnce(async (...parameters) => {
        await verify();
        return hash(...parameters);
      });
      const answer = await logIn(service, { email, password });
      expect(answer).toMatchObject({ status: 401, body: { code, loginStatus: state } });
      expect(hashing).toHaveBeenCalled();
      expect((await logIn(service, { email, password: PASSWORD })).status).toBe(200);
    },
  );

  /** Does something between the first and the second of the reads that look for whom a link is for, whichever they are. */
  function betweenReads(event: () => Promise<void>): jest.SpyInstance[] {
    let isFirst = true;
    const thenEvent = async (read: Promise<any>) => {
      const found = await read;
      const isNow = isFirst;
      isFirst = false;
      if (isNow) await event();
      return found;
    };
    const users = service.app.get(UsersService);
    const { manager } = service.app.get(Database).reader;
    const [findUser, findAttempt] = [users.findByEmail.bind(users), manager.findOne.bind(manager)];
    return [
      jest.spyOn(users, 'findByEmail').mockImplementation((...which) => thenEvent(findUser(...which))),
      jest.spyOn(manager, 'findOne').mockImplementation((...which) => thenEvent(findAttempt(...which))),
    ];
  }

  it('a login, before its signup was looked for, is let in', async () => {
    const { email, verify } = await signUpForCode();
    const [findUser] = betweenReads(verify);
    expect((await logIn(service, { email, password: PASSWORD })).status).toBe(200);
    expect(findUser).toHaveBeenCalled();
  });

  it('the use of a reset link is found as the account that it became, and gets the new password', async () => {
    const { email, token, verify } = await signUpForCode();
    const link = await askResetToken(service, email);
    const reads = betweenReads(verify);
    const answer = await service.api.post('/auth/reset-password', { token: link, newPassword: NEW_PASSWORD });
    expect(answer).toMatchObject({ status: 200, body: { status: 'success' } });
    for (const read of reads) expect(read).toHaveBeenCalled();
    expect(await statusFor(service, { token })).toBe(401);
    expect((await logIn(service, { email, password: PASSWORD })).body.code).toBe('INVALID_PASSWORD');
    expect((await logIn(service, { email, password: NEW_PASSWORD })).status).toBe(200);
  });
});
