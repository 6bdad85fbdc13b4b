import { MINUTE_MS } from '../../src/common/clock.js';
import { enterCode, wrongCodes } from '../support/codes.js';
import { newAddress, signUp } from '../support/people.js';
import { logIn, statusFor } from '../support/sessions.js';
import { TestApp } from '../support/start-app.js';
import { from, fromElsewhere, newIp, startThrottled } from '../throttling/clients.js';

const OWNERS = 'the password of the owner';
const STRANGERS = 'the password of a stranger';

describe('An address with which its owner and strangers sign up', () => {
  let service: TestApp;
  beforeAll(async () => (service = await startThrottled({ THROTTLE_LETTERS_PER_HOUR: '1000' })));
  afterAll(() => service.close());

  /** Signs up as somebody behind an IP; the code is the one in the letter to the owner. */
  async function attempt(client: TestApp, email: string, password: string) {
    const { status, body } = await signUp(client, email, password, password === OWNERS ? 'Ada' : 'Eve');
    return { status, token: body.token as string, code: await service.mailbox.nextCode(email) };
  }

  const strangersSignUp = (email: string) => signUp(fromElsewhere(service), email, STRANGERS, 'Eve');

  it.each([
    ['before', false],
    ['after', true],
  ])('gives a stranger who signs up %s the owner nothing, whichever code the owner types', async (_, isAfter) => {
    for (const typed of ['owner', 'stranger'] as const) {
      const [email, home] = [newAddress(), fromElsewhere(service)];
      const early = isAfter ? undefined : await attempt(fromElsewhere(service), email, STRANGERS);
      const owner = await attempt(home, email, OWNERS);
      const stranger = early ?? (await attempt(fromElsewhere(service), email, STRANGERS));
      const { status, body } = await enterCode(home, email, { owner, stranger }[typed].code);
      expect([status, body]).toEqual([
        200,
        expect.objectContaining({ status: 'success', verificationStatus: 2, passwordRequired: true }),
      ]);
      for (const { token } of [owner, stranger]) expect(await statusFor(service, { token })).toBe(401);
      for (const password of [OWNERS, STRANGERS]) {
        expect((await logIn(fromElsewhere(service), { email, password })).body.loginStatus).toBe(4);
      }
      const link = await service.mailbox.nextResetToken(email);
      const reset = { token: link, newPassword: 'chosen with the link at last' };
      expect((await service.api.post('/auth/reset-password', reset)).status).toBe(200);
      expect((await logIn(home, { email, password: reset.newPassword })).status).toBe(200);
    }
  });

  it('becomes the owner’s at once when the code comes with the token of the owner’s signup', async () => {
    const [email, home] = [newAddress(), fromElsewhere(service)];
    await attempt(fromElsewhere(service), email, STRANGERS);
    const owner = await attempt(home, email, OWNERS);
    const stranger = await attempt(fromElsewhere(service), email, STRANGERS);
    const crossed = await enterCode(home, email, stranger.code, owner.token);
    expect(crossed.body.code).toBe('INVALID_CODE');
    const { body } = await enterCode(home, email, owner.code, owner.token);
    expect(body).toMatchObject({ verificationStatus: 2, userData: { name: 'Ada' } });
    expect(body).not.toHaveProperty('passwordRequired');
    expect(await statusFor(service, owner)).toBe(200);
    expect(await statusFor(service, stranger)).toBe(401);
    expect((await logIn(home, { email, password: OWNERS })).status).toBe(200);
  });

  it('gets a new code for the signup whose token is sent', async () => {
    const [email, home] = [newAddress(), fromElsewhere(service)];
    const owner = await attempt(home, email, OWNERS);
    const stranger = await attempt(fromElsewhere(service), email, STRANGERS);
    service.clock.advance(MINUTE_MS);
    const away = fromElsewhere(service).api.as(owner);
    expect((await away.post('/auth/resend-code', { email })).status).toBe(200);
    const code = await service.mailbox.nextCode(email);
    expect((await enterCode(home, email, stranger.code, owner.token)).status).toBe(400);
    expect((await enterCode(home, email, code, owner.token)).body).toMatchObject({ userData: { name: 'Ada' } });
  });

  it('is not the stranger’s when all that is left of the owner’s signup is a token', async () => {
    const [email, ip] = [newAddress(), newIp()];
    const owner = await attempt(from(service, ip), email, OWNERS);
    let newest = owner;
    for (let i = 0; i < 3; i += 1) newest = await attempt(from(service, ip), email, STRANGERS);
    expect(await statusFor(service, owner)).toBe(401);
    const typed = await enterCode(from(service, ip), email, newest.code);
    expect(typed.body).toMatchObject({ passwordRequired: true });
    expect(await statusFor(service, newest)).toBe(401);
  });

  it('keeps the owner’s signup however many networks sign up, and lets her verify it', async () => {
    const [email, home] = [newAddress(), fromElsewhere(service)];
    const owner = await attempt(home, email, OWNERS);
    for (let i = 0; i < 30; i += 1) await strangersSignUp(email);
    const rows = await service.query(`SELECT id FROM signup_attempts WHERE email = '${email}'`);
    expect(rows).toHaveLength(10);
    for (const code of wrongCodes(25, owner.code)) await enterCode(fromElsewhere(service), email, code);
    const refused = await enterCode(fromElsewhere(service), email, '000000');
    expect(refused).toMatchObject({ status: 400, body: { code: 'RESEND_INVITE' } });
    expect((await enterCode(home, email, owner.code, owner.token)).status).toBe(200);
    expect(await statusFor(service, owner)).toBe(200);
  });

  it('is open to its owner after strangers used up its letters, by signing up and by a reset link', async () => {
    const email = newAddress();
    const networks = Array.from({ length: 4 }, () => newIp());
    for (let i = 0; i < 5; i += 1) {
      for (const ip of networks) await signUp(from(service, ip), email, STRANGERS, 'Eve');
    }
    const refused = await signUp(from(service, networks[0]), email, STRANGERS, 'Eve');
    expect(refused).toMatchObject({ status: 429, body: { code: 'TOO_MANY_REQUESTS', signupStatus: 4 } });
    expect(refused.body.message).toContain('forgot-password');
    for (let i = 0; i < 20; i += 1) await service.mailbox.nextCode(email);
    const home = fromElsewhere(service);
    const owner = await attempt(home, email, OWNERS);
    expect(owner.status).toBe(200);
    expect((await home.api.post('/auth/forgot-password', { email })).status).toBe(200);
    await service.mailbox.nextResetToken(email);
    expect((await enterCode(home, email, owner.code, owner.token)).status).toBe(200);
    expect(await statusFor(service, owner)).toBe(200);
  });

  it('is told when and from where a signup came, without any text of the stranger’s', async () => {
    const email = newAddress();
    const eve = from(service, '192.0.2.77').api.with({ 'user-agent': 'Claim at prize24.com Firefox/140 (Windows NT)' });
    await eve.post('/auth/signup', { email, password: STRANGERS, name: 'Eve' });
    const { text, html } = await service.mailbox.next(email);
    for (const part of [text, html]) {
      expect(part).toMatch(
        /signup of \d+ \w+ \d{4} at .* UTC, from the network 192\.0\.2\.0\/24, with Firefox on Windows/,
      );
      expect(part).toContain('If that was not you');
      expect(part).not.toContain('prize24');
    }
  });
});
