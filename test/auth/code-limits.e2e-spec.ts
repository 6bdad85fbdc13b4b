import { ApiAnswer } from '../support/api-client.js';
import { enterCode, guess, wrongCodes } from '../support/codes.js';
import { drain } from '../support/outbox.js';
import { join, newAddress, signUp } from '../support/people.js';
import { statusFor } from '../support/sessions.js';
import { startApp, TestApp } from '../support/start-app.js';

const MINUTE_MS = 60_000;

/** The seconds that a 429 asks to wait. */
function secondsToWait(answer: ApiAnswer, code: string): number {
  expect(answer).toMatchObject({ status: 429, body: { code, status: 'error' } });
  expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
  return Number(answer.headers.get('retry-after'));
}

describe('Codes that are asked for again', () => {
  let service: TestApp;
  beforeAll(async () => (service = await startApp()));
  afterAll(() => service.close());

  const resend = (email: unknown): Promise<ApiAnswer> => service.api.post('/auth/resend-code', { email });

  async function pending(email = newAddress(), name = 'Ada') {
    const { body } = await signUp(service, email, undefined, name);
    return { email, name, code: await service.mailbox.nextCode(email), token: body.token };
  }

  /** A new code, a minute later. */
  async function renewed(email: string): Promise<string> {
    service.clock.advance(MINUTE_MS);
    expect((await resend(email)).status).toBe(200);
    return service.mailbox.nextCode(email);
  }

  it('arrive by e-mail; the old code stops working and the new one works', async () => {
    const ada = await pending();
    service.clock.advance(MINUTE_MS);
    const { status, body } = await resend(` ${ada.email.toUpperCase()} `);
    expect({ status, body }).toEqual({ status: 200, body: { message: expect.any(String), status: 'success' } });
    const code = await service.mailbox.nextCode(ada.email);
    expect((await enterCode(service, ada.email, ada.code)).body).toMatchObject({ code: 'INVALID_CODE' });
    expect((await enterCode(service, ada.email, code)).status).toBe(200);
    expect(await statusFor(service, ada)).toBe(200);
  });

  it('belong to the newest signup; the codes of the earlier ones live on', async () => {
    const email = newAddress();
    const [first, second] = [await pending(email, 'First'), await pending(email, 'Second')];
    await renewed(email);
    expect((await enterCode(service, email, second.code)).body).toMatchObject({ code: 'INVALID_CODE' });
    expect((await enterCode(service, email, first.code)).body).toMatchObject({ userData: { name: 'First' } });
    const other = newAddress();
    await pending(other, 'First');
    await pending(other, 'Second');
    const { body } = await enterCode(service, other, await renewed(other));
    expect(body).toMatchObject({ userData: { name: 'Second' } });
  });

  it('help when the old one was used up or has expired', async () => {
    const [ada, bob] = [await pending(), await pending()];
    const wrong = wrongCodes(5, ada.code).map((one) => enterCode(service, ada.email, one, ada.token));
    await Promise.all(wrong);
    const usedUp = await enterCode(service, ada.email, ada.code, ada.token);
    expect(usedUp.body).toMatchObject({ code: 'RESEND_INVITE' });
    const code = await renewed(ada.email);
    const old = await enterCode(service, ada.email, ada.code, ada.token);
    expect(old.body).toMatchObject({ code: 'INVALID_CODE' });
    expect((await enterCode(service, ada.email, code, ada.token)).status).toBe(200);
    service.clock.advance(16 * MINUTE_MS);
    expect((await enterCode(service, bob.email, bob.code)).body).toMatchObject({ code: 'RESEND_INVITE' });
    expect((await enterCode(service, bob.email, await renewed(bob.email))).status).toBe(200);
  });

  it.each([
    ['a missing address', () => null, 400, 'CREDENTIALS_MISSING'],
    ['a malformed address', () => 'ada', 400, 'INVALID_EMAIL'],
    ['a wrong type', () => 42, 400, 'INVALID_EMAIL'],
    ['an unknown address', () => newAddress(), 404, 'ACCOUNT_NOT_FOUND'],
    ['a verified address', async () => (await join(service)).email, 400, 'ACCOUNT_EXISTS'],
  ])('are not to be had for %s', async (_, address, status, code) => {
    const answer = await resend(await address());
    expect(answer).toMatchObject({ status, body: { status: 'error', code } });
    expect(answer.body).not.toHaveProperty('verificationStatus');
  });

  it('are sent at most once a minute, the signup’s message included', async () => {
    const { email } = await pending();
    expect(secondsToWait(await resend(email), 'TOO_MANY_LETTERS')).toBeLessThanOrEqual(60);
    service.clock.advance(30_000);
    const wait = secondsToWait(await resend(email), 'TOO_MANY_LETTERS');
    expect(wait).toBeLessThanOrEqual(30);
    service.clock.advance(wait * 1000);
    expect((await resend(email)).status).toBe(200);
    secondsToWait(await resend(email), 'TOO_MANY_LETTERS');
    await drain(service);
    expect(service.mailbox.to(email)).toHaveLength(2);
  });

  it('are sent at most five times an hour, and again after the hour', async () => {
    const { email } = await pending();
    for (let letters = 2; letters <= 5; letters += 1) await renewed(email);
    service.clock.advance(MINUTE_MS);
    const wait = secondsToWait(await resend(email), 'TOO_MANY_LETTERS');
    expect(wait).toBeGreaterThan(50 * 60);
    expect(wait).toBeLessThanOrEqual(55 * 60);
    service.clock.advance(wait * 1000);
    expect((await resend(email)).status).toBe(200);
    await drain(service);
    expect(service.mailbox.to(email)).toHaveLength(6);
  });

  it('are sent once when ten requests ask at the same time', async () => {
    const { email } = await pending();
    service.clock.advance(MINUTE_MS);
    const answers = await Promise.all(Array.from({ length: 10 }, () => resend(email)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(9).fill(429)]);
    await drain(service);
    expect(service.mailbox.to(email)).toHaveLength(2);
  });

  it('do not refill the five wrong codes that a network has for an address in 24 hours', async () => {
    const ada = await pending();
    await guess(service, ada.email, 5, ada.code);
    const code = await renewed(ada.email);
    const answers = await guess(service, ada.email, 10, code);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(10);
    const fresh = await renewed(ada.email);
    const refused = await enterCode(service, ada.email, fresh);
    expect(refused.body.verificationStatus).toBe(1);
    const wait = secondsToWait(refused, 'TOO_MANY_TRIES');
    expect(wait).toBeGreaterThan(23 * 60 * 60);
    expect(wait).toBeLessThanOrEqual(24 * 60 * 60);

    const again = await pending(ada.email);
    secondsToWait(await enterCode(service, ada.email, again.code), 'TOO_MANY_TRIES');
    service.clock.advance(wait * 1000);
    expect((await enterCode(service, ada.email, await renewed(ada.email))).status).toBe(200);
  });

  it('block only their own address when too many were wrong', async () => {
    const [ada, bob] = [await pending(), await pending()];
    await guess(service, ada.email, 5, ada.code);
    await renewed(ada.email);
    secondsToWait(await enterCode(service, ada.email, '000000'), 'TOO_MANY_TRIES');
    expect((await enterCode(service, bob.email, bob.code)).status).toBe(200);
  });

  it('are counted by all instances together', async () => {
    const other = await service.another();
    const ada = await pending();
    const halves = [guess(service, ada.email, 20, ada.code), guess(other, ada.email, 20, ada.code)];
    const answers = (await Promise.all(halves)).flat();
    expect(answers.filter(({ body }) => body.code === 'INVALID_CODE')).toHaveLength(5);
    expect((await enterCode(other, ada.email, ada.code)).body).toMatchObject({ code: 'RESEND_INVITE' });
  });
});
