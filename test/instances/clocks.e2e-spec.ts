import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/common/clock.js';
import { enterCode } from '../support/codes.js';
import { askResetToken, makeApiKey, refresh } from '../support/credentials.js';
import { join, newAddress, signUp } from '../support/people.js';
import { logIn, openSession, statusFor } from '../support/sessions.js';
import { startApp, TestApp } from '../support/start-app.js';
import { TestClock } from '../support/test-clock.js';

describe('Two instances whose clocks are a minute apart', () => {
  let behind: TestApp, ahead: TestApp;
  beforeAll(async () => {
    behind = await startApp();
    const clock = new TestClock();
    clock.advance(MINUTE_MS);
    ahead = await behind.another({}, clock);
  });
  afterAll(() => behind.close());

  it("accept each other's access tokens, whichever of them made the signing key", async () => {
    const ada = await join(behind);
    const elsewhere = await openSession(ahead, ada);
    for (const { token } of [ada, elsewhere]) {
      expect(await Promise.all([behind, ahead].map((service) => statusFor(service, { token })))).toEqual([200, 200]);
    }
  });

  it('refresh one session in turns', async () => {
    let { refreshToken } = await join(ahead);
    for (const service of [behind, ahead, behind, behind, ahead]) {
      const { status, body } = await refresh(service, refreshToken);
      expect(status).toBe(200);
      expect(await Promise.all([behind, ahead].map((one) => statusFor(one, body)))).toEqual([200, 200]);
      refreshToken = body.refreshToken;
    }
  });

  it('keep two tabs logged in that refresh on different instances', async () => {
    const { refreshToken } = await join(behind);
    const first = await refresh(ahead, refreshToken);
    const second = await refresh(behind, refreshToken);
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(second.body.refreshToken).toBe(first.body.refreshToken);
  });

  it("accept each other's verification codes and reset links", async () => {
    const email = newAddress();
    await signUp(ahead, email);
    const code = await behind.mailbox.nextCode(email);
    expect((await enterCode(behind, email, code)).status).toBe(200);
    const token = await askResetToken(behind, email);
    const reset = await ahead.api.post('/auth/reset-password', { token, newPassword: 'another password of Ada' });
    expect(reset.status).toBe(200);
    expect((await logIn(behind, { email, password: 'another password of Ada' })).status).toBe(200);
  });

  it('send each e-mail once', async () => {
    const emails = Array.from({ length: 10 }, () => newAddress('once'));
    await Promise.all(emails.map((email, i) => signUp(i % 2 ? behind : ahead, email)));
    await Promise.all(emails.map((email) => behind.mailbox.nextCode(email)));
    expect(emails.map((email) => behind.mailbox.to(email).length)).toEqual(emails.map(() => 1));
  });
});

describe('A clock that jumps ahead and is put back', () => {
  let service: TestApp;
  beforeAll(async () => {
    service = await startApp({ API_KEY_OVERLAP_SECONDS: '60' });
  });
  afterAll(() => service.close());

  /** Does something while the clock is ahead, and puts it back. */
  async function ahead<Result>(milliseconds: number, work: () => Promise<Result>): Promise<Result> {
    service.clock.advance(milliseconds);
    try {
      return await work();
    } finally {
      service.clock.advance(-milliseconds);
    }
  }

  it('does not revive a verification code that was refused as expired; the next code works', async () => {
    const email = newAddress();
    await signUp(service, email);
    const code = await service.mailbox.nextCode(email);
    const early = await ahead(16 * MINUTE_MS, () => enterCode(service, email, code));
    expect(early.body).toMatchObject({ code: 'RESEND_INVITE', verificationStatus: 3 });
    expect((await enterCode(service, email, code)).body).toMatchObject({
      code: 'RESEND_INVITE',
      verificationStatus: 3,
    });
    await ahead(2 * MINUTE_MS, () => service.api.post('/auth/resend-code', { email }));
    expect((await enterCode(service, email, await service.mailbox.nextCode(email))).status).toBe(200);
  });

  it('does not revive a reset link that was refused as expired; the next link works', async () => {
    const { email } = await join(service);
    const ask = () => service.api.post('/auth/forgot-password', { email });
    const reset = (token: string) =>
      service.api.post('/auth/reset-password', { token, newPassword: 'the newest of all' });
    await ask();
    await service.mailbox.next(email);
    const token = /#token=([\w-]+)/.exec(service.mailbox.to(email)[1].text)?.[1] ?? '';
    const answers = [await ahead(61 * MINUTE_MS, () => reset(token)), await reset(token)];
    expect(answers.map(({ body }) => body.code)).toEqual(['RESET_TOKEN_INVALID', 'RESET_TOKEN_INVALID']);
    await ahead(2 * MINUTE_MS, ask);
    expect((await reset(await service.mailbox.nextResetToken(email))).status).toBe(200);
  });

  it('does not revive a session whose refresh token was refused as expired', async () => {
    const { token, refreshToken } = await join(service);
    const late = await ahead(31 * 24 * HOUR_MS, () => refresh(service, refreshToken));
    expect([late.status, (await refresh(service, refreshToken)).status]).toEqual([401, 401]);
    expect(await statusFor(service, { token })).toBe(401);
  });

  it('does not revive access tokens that were refused as expired, cached or not; the session goes on', async () => {
    const seen = await join(service);
    const unseen = await join(service);
    expect(await statusFor(service, seen)).toBe(200);
    for (const { token, refreshToken } of [seen, unseen]) {
      expect(await ahead(121 * MINUTE_MS, () => statusFor(service, { token }))).toBe(401);
      expect(await statusFor(service, { token })).toBe(401);
      expect(await statusFor(service, (await refresh(service, refreshToken)).body)).toBe(200);
    }
  });

  it('does not revive a replaced API key whose overlap had ended', async () => {
    const ada = await join(service);
    const replaced = await makeApiKey(service, ada);
    const present = await makeApiKey(service, ada);
    expect(await statusFor(service, { apiKey: replaced })).toBe(200);
    expect(await ahead(61 * SECOND_MS, () => statusFor(service, { apiKey: replaced }))).toBe(401);
    expect(await statusFor(service, { apiKey: replaced })).toBe(401);
    expect(await statusFor(service, { apiKey: present })).toBe(200);
  });

  it('does not revive the previous refresh token: its use still counts as theft', async () => {
    const ada = await join(service);
    const { body } = await ahead(HOUR_MS, () => refresh(service, ada.refreshToken));
    expect((await refresh(service, ada.refreshToken)).status).toBe(401);
    expect((await refresh(service, body.refreshToken)).status).toBe(401);
  });

  it('leaves everybody able to log in, to sign up and to get e-mails', async () => {
    const ada = await join(service);
    const forget = () => service.api.post('/auth/forgot-password', { email: ada.email });
    await ahead(400 * 24 * HOUR_MS, async () => {
      await Promise.all([forget(), logIn(service, ada), logIn(service, { ...ada, password: 'not the password' })]);
      await service.mailbox.nextResetToken(ada.email);
    });
    await forget();
    await service.mailbox.nextResetToken(ada.email);
    expect(await statusFor(service, await openSession(service, ada))).toBe(200);
  });
});
