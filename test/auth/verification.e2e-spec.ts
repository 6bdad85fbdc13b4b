import { createHash } from 'node:crypto';
import { alter, enterCode, everyRow, guess, wrongCodes } from '../support/codes.js';
import { drain } from '../support/outbox.js';
import { newAddress, PASSWORD, signUp } from '../support/people.js';
import { statusFor } from '../support/sessions.js';
import { TIME } from '../support/shapes.js';
import { startApp, TestApp } from '../support/start-app.js';

const MINUTE_MS = 60_000;
const UUID = /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

describe('Verifying an e-mail address', () => {
  let service: TestApp;
  beforeAll(async () => (service = await startApp()));
  afterAll(() => service.close());

  /** Somebody who signed up and has the letter, but did not enter the code yet. */
  async function pending(email = newAddress()): Promise<{ email: string; code: string; token: string }> {
    const { body } = await signUp(service, email);
    return { email, code: await service.mailbox.nextCode(email), token: body.token };
  }
  const verify = (body: unknown) => service.api.post('/auth/verify-email', body);

  it('answers the documented example, with the fields of both documented shapes', async () => {
    const { email, code } = await pending();
    service.clock.advance(MINUTE_MS);
    const { status, body } = await verify({ email: ` ${email.toUpperCase()} `, code: ` ${code}\n`, unknown: 'field' });
    expect(status).toBe(200);
    expect(body).toEqual({
      message: expect.any(String),
      status: 'success',
      userData: {
        id: expect.stringMatching(UUID),
        email,
        name: 'Ada',
        active_project: null,
        created_at: TIME,
        updated_at: TIME,
        company_name: null,
        verified: true,
      },
      verificationStatus: 2,
    });
    const tookMs = Date.parse(body.userData.updated_at) - Date.parse(body.userData.created_at);
    expect(tookMs).toBeGreaterThanOrEqual(MINUTE_MS);
  });

  it.each([
    ['nothing', () => ({}), 400, 'CREDENTIALS_MISSING', 0, ['code', 'email']],
    ['no code', () => ({ email: newAddress() }), 400, 'CREDENTIALS_MISSING', 0, ['code']],
    ['a blank code', () => ({ email: newAddress(), code: ' ' }), 400, 'CREDENTIALS_MISSING', 0, ['code']],
    ['a null address', () => ({ email: null, code: '123456' }), 400, 'CREDENTIALS_MISSING', 0, ['email']],
    ['a malformed address', () => ({ email: 'ada', code: '123456' }), 400, 'INVALID_EMAIL', 0, ['email']],
    ['a malformed address and no code', () => ({ email: 'ada' }), 400, 'CREDENTIALS_MISSING', 0, ['code', 'email']],
    ['a number', () => ({ email: newAddress(), code: 123456 }), 400, 'VALIDATION_FAILED', 0, ['code']],
    ['broken JSON', () => '{', 400, 'REQUEST_MALFORMED', 0, []],
    ['an unknown address', () => ({ email: newAddress(), code: '123456' }), 404, 'ACCOUNT_NOT_FOUND', 5, []],
  ])('refuses a body with %s', async (_, body, status, code, verificationStatus, fields) => {
    const answer = await verify(body());
    const { errors = [], ...rest } = answer.body;
    const requestId = answer.headers.get('x-request-id');
    expect(answer.status).toBe(status);
    expect(rest).toEqual({ message: expect.any(String), status: 'error', code, requestId, verificationStatus });
    expect(errors.map(({ field }: { field: string }) => field).sort()).toEqual(fields);
  });

  it('tells a wrong code from an account that is verified already', async () => {
    const ada = await pending();
    for (const text of [...wrongCodes(1, ada.code), `${ada.code}0`, ada.code.slice(1), 'abcdef']) {
      const answer = await enterCode(service, ada.email, text);
      expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_CODE', verificationStatus: 1 } });
    }
    expect((await enterCode(service, ada.email, ada.code)).status).toBe(200);
    for (const text of [ada.code, ...wrongCodes(1, ada.code)]) {
      const answer = await enterCode(service, ada.email, text);
      expect(answer).toMatchObject({ status: 400, body: { code: 'ACCOUNT_EXISTS', verificationStatus: 4 } });
    }
  });

  it('mails six digits, others for everybody, and says how long they work', async () => {
    const codes = await Promise.all(Array.from({ length: 20 }, async () => (await pending()).code));
    expect(new Set(codes).size).toBeGreaterThan(17);
    const { email, code } = await pending();
    const [letter] = service.mailbox.to(email);
    expect(letter.subject).toBe(`${code} is your Talkstack code`);
    expect(letter.text).toContain('15 minutes');
    expect(code).toMatch(/^\d{6}$/);
  });

  it('accepts a code for 15 minutes', async () => {
    const [ada, bob] = [await pending(), await pending()];
    service.clock.advance(14 * MINUTE_MS);
    expect((await enterCode(service, ada.email, ada.code)).status).toBe(200);
    service.clock.advance(MINUTE_MS);
    const late = await enterCode(service, bob.email, bob.code);
    expect(late).toMatchObject({ status: 400, body: { code: 'RESEND_INVITE', verificationStatus: 3 } });
    expect(await statusFor(service, bob)).toBe(401);
  });

  it('accepts the right code at the fifth try, and refuses it at the sixth', async () => {
    const [ada, bob] = [await pending(), await pending()];
    for (const code of wrongCodes(4, ada.code)) await enterCode(service, ada.email, code);
    expect((await enterCode(service, ada.email, ada.code)).status).toBe(200);
    for (const code of wrongCodes(5, bob.code)) {
      expect((await enterCode(service, bob.email, code)).body).toMatchObject({ code: 'INVALID_CODE' });
    }
    const sixth = await enterCode(service, bob.email, bob.code);
    expect(sixth).toMatchObject({ status: 400, body: { code: 'RESEND_INVITE', verificationStatus: 3 } });
  });

  it('compares no more than five codes, however many come at the same moment', async () => {
    const ada = await pending();
    const answers = await guess(service, ada.email, 40, ada.code);
    expect(answers.filter(({ body }) => body.code === 'INVALID_CODE')).toHaveLength(5);
    expect(answers.filter(({ body }) => body.code === 'RESEND_INVITE')).toHaveLength(35);
    const right = await enterCode(service, ada.email, ada.code);
    expect(right).toMatchObject({ status: 400, body: { code: 'RESEND_INVITE' } });
    expect(await statusFor(service, ada)).toBe(401);
  });

  it('lets no right code slip past among many wrong ones of the same moment', async () => {
    const people = await Promise.all(Array.from({ length: 4 }, () => pending()));
    const outcomes = await Promise.all(
      people.map(async ({ email, code }) => {
        const [wrong, right] = await Promise.all([guess(service, email, 25, code), enterCode(service, email, code)]);
        return { right, compared: wrong.filter(({ body }) => body.code === 'INVALID_CODE').length };
      }),
    );
    for (const { right, compared } of outcomes) {
      if (right.status === 200) expect(compared).toBeLessThan(5);
      else expect([right.body.code, compared]).toEqual(['RESEND_INVITE', 5]);
    }
  });

  it('spends one try of every code of the address on a wrong one, so that more signups are no more tries', async () => {
    const email = newAddress();
    const signups = [await pending(email), await pending(email), await pending(email)];
    const answers = await guess(service, email, 40, ...signups.map(({ code }) => code));
    expect(answers.filter(({ body }) => body.code === 'INVALID_CODE')).toHaveLength(5);
    for (const { code } of signups) {
      expect((await enterCode(service, email, code)).body).toMatchObject({ code: 'RESEND_INVITE' });
    }
  });

  it('verifies once when the right code comes 20 times at the same moment', async () => {
    const ada = await pending();
    const answers = await Promise.all(Array.from({ length: 20 }, () => enterCode(service, ada.email, ada.code)));
    const won = answers.filter(({ status }) => status === 200);
    expect(won).toHaveLength(1);
    const lost = answers.filter((answer) => answer !== won[0]);
    for (const { status, body } of lost) expect([status, body.code]).toEqual([400, 'ACCOUNT_EXISTS']);
    const rows = await service.query(`SELECT id FROM users WHERE email = '${ada.email}'`);
    expect(rows).toEqual([{ id: won[0].body.userData.id }]);
    expect(await statusFor(service, ada)).toBe(200);
  });

  it('accepts a code only for its own address', async () => {
    const [ada, bob] = [await pending(), await pending()];
    expect((await enterCode(service, bob.email, ada.code)).body).toMatchObject({ code: 'INVALID_CODE' });
    expect((await enterCode(service, ada.email, ada.code)).status).toBe(200);
  });

  it('accepts a code only for its own signup, even when its hash is copied to another row', async () => {
    const [eve, bob] = [await pending(), await pending()];
    const [{ code_hash: hash }] = await service.query(
      `SELECT code_hash FROM signup_attempts WHERE email = '${eve.email}'`,
    );
    await alter(service, `UPDATE signup_attempts SET code_hash = '${hash}' WHERE email = '${bob.email}'`);
    expect((await enterCode(service, bob.email, eve.code)).body).toMatchObject({ code: 'INVALID_CODE' });
  });

  it('keeps the code as an HMAC and the password as argon2id: neither is anywhere in clear, and no log tells them', async () => {
    const release = service.mailbox.hold();
    const email = newAddress();
    const { body } = await signUp(service, email);
    const secretsOf = () => service.query(`SELECT secret FROM letters WHERE recipient = '${email}'`);
    const whileQueued = JSON.stringify(await everyRow(service));
    expect(await secretsOf()).toEqual([{ secret: expect.stringMatching(/^[\w-]{40,}$/) }]);
    release();
    const code = await service.mailbox.nextCode(email);
    await drain(service);
    expect(await secretsOf()).toEqual([{ secret: null }]);

    const [attempt] = await service.query(`SELECT * FROM signup_attempts WHERE email = '${email}'`);
    expect(attempt.code_hash).toMatch(/^[\da-f]{64}$/);
    for (const text of [code, attempt.id + code, code + attempt.id, email + code]) {
      expect(attempt.code_hash).not.toBe(createHash('sha256').update(text).digest('hex'));
    }
    expect(attempt.password_hash).toMatch(/^\$argon2id\$/);
    await enterCode(service, email, code);
    for (const place of [whileQueued, JSON.stringify(await everyRow(service)), service.logs.join('\n')]) {
      for (const secret of [PASSWORD, body.token, body.refreshToken]) expect(place).not.toContain(secret);
      // Ids, hashes and ciphertexts may hold any six digits by chance.
      expect(place.replace(/[\w+/$=-]{20,}/g, '')).not.toContain(code);
    }
  });
});
