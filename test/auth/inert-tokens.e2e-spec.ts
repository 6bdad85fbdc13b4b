import { Letter } from '../../src/mail/letter.entity.js';
import { Database } from '../../src/database/database.js';
import { HOUR_MS } from '../../src/common/clock.js';
import { ApiAnswer } from '../support/api-client.js';
import { enterCode, wrongCodes } from '../support/codes.js';
import { askResetToken } from '../support/credentials.js';
import { newAddress, PASSWORD, signUp } from '../support/people.js';
import { logIn, statusFor } from '../support/sessions.js';
import { startApp, TestApp } from '../support/start-app.js';
import { tablesWith } from '../support/tables.js';
import { from, fromElsewhere, newIp, startThrottled } from '../throttling/clients.js';

const NEW_PASSWORD = 'seven quiet lighthouses';
const STRANGERS_PASSWORD = 'a stranger chose this one';
const SOME_ID = '019b7a3e-7d5e-7c8a-9d3f-2b1c4d5e6f70';

/** Everything that a token opens, or may come with. */
const ASKED: [method: string, path: string, body?: object][] = [
  ['GET', '/user/me'],
  ['GET', '/user/generate-apikey'],
  ['DELETE', '/user/apikey'],
  ['GET', '/user/export'],
  ['GET', '/user/sessions'],
  ['GET', '/user/sessions/current'],
  ['DELETE', `/user/sessions/${SOME_ID}`],
  ['DELETE', '/user', { password: STRANGERS_PASSWORD }],
  ['POST', '/auth/change-password', { oldPassword: STRANGERS_PASSWORD, newPassword: NEW_PASSWORD }],
  ['POST', '/auth/logout', {}],
  ['POST', '/auth/logout-all', {}],
  ['GET', '/project'],
  ['POST', '/project/create', { name: 'Talks', description: '' }],
];

describe('The inert token of a stranger’s signup, with ACCOUNT_DISCLOSURE=hidden', () => {
  let service: TestApp;
  beforeAll(
    async () => (service = await startThrottled({ ACCOUNT_DISCLOSURE: 'hidden', THROTTLE_IP_PER_MINUTE: '10000' })),
  );
  afterAll(() => service.close());

  const seen = ({ status, body }: ApiAnswer) => [status, body.code, body.message, body.status];

  /** All that a stranger can learn by one signup's tokens. */
  async function lookAround(stranger: TestApp, email: string, tokens: { token: string; refreshToken: string }) {
    const api = stranger.api.as({ token: tokens.token });
    const answers: unknown[] = [];
    for (const [method, path, body] of ASKED) answers.push([path, ...seen(await api.send(method, path, body))]);
    answers.push(seen(await api.post('/auth/refresh-token', { refreshToken: tokens.refreshToken })));
    answers.push(seen(await api.post('/auth/resend-code', { email })));
    answers.push(seen(await enterCode(stranger, email, '12345x', tokens.token)));
    answers.push(seen(await logIn(stranger, { email, password: STRANGERS_PASSWORD })));
    return answers;
  }

  async function ownerAndStranger() {
    const [email, home, stranger] = [newAddress(), fromElsewhere(service), fromElsewhere(service)];
    const owner = { ...(await signUp(home, email, PASSWORD, 'Ada')).body, code: await service.mailbox.nextCode(email) };
    const { body: tokens } = await signUp(stranger, email, STRANGERS_PASSWORD, 'Eve');
    await service.mailbox.nextCode(email);
    return { email, home, owner, stranger, tokens };
  }

  it.each(['with the token of her signup', 'without it'])(
    'gets the same answers before and after the owner verifies %s, resets and deletes',
    async (how) => {
      const { email, home, owner, stranger, tokens } = await ownerAndStranger();
      const before = await lookAround(stranger, email, tokens);
      expect(before[0]).toEqual(['/user/me', 401, 'EMAIL_NOT_VERIFIED', expect.any(String), 'error']);

      const verified = await enterCode(home, email, owner.code, how === 'without it' ? undefined : owner.token);
      expect(verified.status).toBe(200);
      expect(await lookAround(stranger, email, tokens)).toEqual(before);

      if (how === 'without it') await service.mailbox.nextResetToken(email);
      const token = await askResetToken(service, email);
      expect((await home.api.post('/auth/reset-password', { token, newPassword: NEW_PASSWORD })).status).toBe(200);
      expect(await lookAround(stranger, email, tokens)).toEqual(before);

      const login = (await logIn(home, { email, password: NEW_PASSWORD })).body;
      expect((await home.api.as(login).get('/user/sessions')).body.sessions).toHaveLength(1);
      expect((await home.api.as(login).delete('/user', { password: NEW_PASSWORD })).status).toBe(200);
      expect(await lookAround(stranger, email, tokens)).toEqual(before);
    },
  );

  it('gets the same answers before and after the owner resets the password of an address that was never verified', async () => {
    const { email, home, stranger, tokens } = await ownerAndStranger();
    const before = await lookAround(stranger, email, tokens);
    const token = await askResetToken(service, email);
    expect((await home.api.post('/auth/reset-password', { token, newPassword: NEW_PASSWORD })).status).toBe(200);
    expect(await lookAround(stranger, email, tokens)).toEqual(before);
    const login = (await logIn(home, { email, password: NEW_PASSWORD })).body;
    expect((await home.api.as(login).get('/user/sessions')).body.sessions).toHaveLength(1);
  });

  it('opens nothing, not even for somebody who proves the mailbox later', async () => {
    const { email, home, owner, tokens } = await ownerAndStranger();
    await enterCode(home, email, owner.code, owner.token);
    await home.api.as(owner).delete('/user', { password: PASSWORD });
    await service.mailbox.next(email);
    const again = (await signUp(home, email, PASSWORD, 'Ada')).body;
    const { body } = await enterCode(home, email, await service.mailbox.nextCode(email));
    expect(body).toMatchObject({ verificationStatus: 2, userData: { name: 'Ada' } });
    expect(body).not.toHaveProperty('passwordRequired');
    expect(await statusFor(home, again)).toBe(200);
    expect(await statusFor(home, tokens)).toBe(401);
  });

  it('leaves nothing of the address and the names behind when the account is deleted', async () => {
    const { email, home, owner, stranger } = await ownerAndStranger();
    await enterCode(home, email, owner.code, owner.token);
    await signUp(stranger, email, STRANGERS_PASSWORD, 'Eve of the signups');
    await home.api.as(owner).delete('/user', { password: PASSWORD });
    const { app } = service;
    await app.get(Database).write(({ manager }) => manager.delete(Letter, { recipient: email }));
    for (const text of [email, 'Eve of the signups']) expect(await tablesWith(service, text)).toEqual([]);
  });

  it('uses up the tries of an address for good: they are not given back when the owner comes in', async () => {
    const { email, home, owner } = await ownerAndStranger();
    const networks = Array.from({ length: 5 }, () => from(service, newIp()));
    for (const network of networks.slice(0, 4)) {
      for (const code of wrongCodes(5, owner.code)) await enterCode(network, email, code);
    }
    const before = await enterCode(networks[4], email, '000000');
    expect(before.status).toBe(429);
    expect((await enterCode(home, email, owner.code, owner.token)).status).toBe(200);
    expect(seen(await enterCode(networks[4], email, '000000'))).toEqual(seen(before));
  });
});

describe('The own token of a signup', () => {
  let service: TestApp;
  beforeAll(async () => (service = await startApp()));
  afterAll(() => service.close());

  it('still names its signup after it has expired: the owner’s code opens the account with her password', async () => {
    const email = newAddress();
    await signUp(service, email, STRANGERS_PASSWORD, 'Eve');
    const owner = (await signUp(service, email, PASSWORD, 'Ada')).body;
    await signUp(service, email, STRANGERS_PASSWORD, 'Eve');
    for (let i = 0; i < 3; i += 1) await service.mailbox.nextCode(email);
    service.clock.advance(3 * HOUR_MS);
    expect((await service.api.as({ token: owner.token }).get('/user/me')).body.code).toBe('TOKEN_INVALID');
    await service.api.as({ token: owner.token }).post('/auth/resend-code', { email });
    const code = await service.mailbox.nextCode(email);
    const { body } = await enterCode(service, email, code, owner.token);
    expect(body).toMatchObject({ verificationStatus: 2, userData: { name: 'Ada' } });
    expect(body).not.toHaveProperty('passwordRequired');
    expect((await logIn(service, { email, password: PASSWORD })).body.loginStatus).toBe(7);
    expect((await service.api.as({ token: owner.token }).get('/user/me')).status).toBe(401);
  });
});
