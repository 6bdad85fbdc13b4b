import { createHash } from 'node:crypto';
import { ApiAnswer } from '../support/api-client.js';
import { allLettersTried, everyRow } from '../support/codes.js';
import { join, newAddress, PASSWORD, signUp } from '../support/people.js';
import { statementsOf } from '../support/query-log.js';
import { logIn } from '../support/sessions.js';
import { NO_POLLS, startApp, TestApp } from '../support/start-app.js';

const SECOND_MS = 1000;
const HOUR_MS = 3600 * SECOND_MS;
const NEW_PASSWORD = 'seven quiet lighthouses';
const LINK = /\S+#token=([\w-]+)/;

const forgot = (service: TestApp, email: unknown): Promise<ApiAnswer> =>
  service.api.post('/auth/forgot-password', { email });
const reset = (service: TestApp, token: string): Promise<ApiAnswer> =>
  service.api.post('/auth/reset-password', { token, newPassword: NEW_PASSWORD });

/** Sends whatever waits, then answers the reset letters that an address got so far. */
async function resetLetters(service: TestApp, email: string) {
  await allLettersTried(service);
  return service.mailbox.to(email).filter(({ subject }) => subject === 'Reset your Talkstack password');
}

/** What the request itself wrote and read, without the workers for mail and calls beside it. */
function ofRequest(statements: string[]): string[] {
  return statements.filter(
    (one) => !/^(BEGIN|START|COMMIT)|\bcalls\b/.test(one) && (!/letters/.test(one) || /^INSERT/.test(one)),
  );
}

describe('Asking for a reset link', () => {
  let service: TestApp;
  beforeAll(async () => (service = await startApp(NO_POLLS)));
  afterAll(() => service.close());

  /** A verified address, one whose signup waits for its code, and one that nobody ever used. */
  const threeKinds = async (): Promise<{ known: string; pending: string; unknown: string }> => {
    const { email: known } = await join(service);
    const pending = newAddress('pending');
    await signUp(service, pending);
    return { known, pending, unknown: newAddress('unknown') };
  };

  it.each([
    ['no address', undefined, 'CREDENTIALS_MISSING'],
    ['null', null, 'CREDENTIALS_MISSING'],
    ['a blank one', '  ', 'CREDENTIALS_MISSING'],
    ['one with no @', 'ada.example.com', 'INVALID_EMAIL'],
    ['one with no domain', 'ada@', 'INVALID_EMAIL'],
    ['two at once', 'ada@example.com,eve@example.com', 'INVALID_EMAIL'],
    ['a line break in it', 'ada@example.com\r\nbcc: eve@example.com', 'INVALID_EMAIL'],
    ['one that is too long', `${'a'.repeat(64)}@${'b.'.repeat(100)}example.com`, 'INVALID_EMAIL'],
    ['a list', ['ada@example.com'], 'INVALID_EMAIL'],
    ['an object', { $gt: '' }, 'INVALID_EMAIL'],
  ])('answers 400 to %s', async (_, email, code) => {
    const { status, body } = await forgot(service, email);
    expect({ status, body }).toMatchObject({ status: 400, body: { status: 'error', code } });
    expect(body.errors).toMatchObject([{ field: 'email' }]);
  });

  it('responds the same to known, pending and unknown addresses', async () => {
    const { known, pending, unknown } = await threeKinds();
    const answers = await Promise.all([known, pending, unknown].map((email) => forgot(service, email)));
    const stable = answers.map(({ status, body, headers }) => {
      const telling = [...headers].filter(([name]) => !/^(date|x-request-id|ratelimit-)/.test(name));
      return { status, body, headers: Object.fromEntries(telling) };
    });
    expect(stable[0]).toMatchObject({ status: 200, body: { message: expect.any(String), status: 'success' } });
    expect(Object.keys(stable[0].body).sort()).toEqual(['message', 'status']);
    expect(stable[1]).toEqual(stable[0]);
    expect(stable[2]).toEqual(stable[0]);
  });

  it('mails a link to known and pending addresses, and nothing to unknown ones', async () => {
    const { known, pending, unknown } = await threeKinds();
    for (const email of [known, pending, unknown]) await forgot(service, email);
    expect(await resetLetters(service, known)).toHaveLength(1);
    expect(await resetLetters(service, pending)).toHaveLength(1);
    expect(service.mailbox.to(unknown)).toEqual([]);
  });

  it('finds the account whatever the spelling of the address', async () => {
    const { email } = await join(service);
    expect((await forgot(service, ` ${email.toUpperCase()} `)).status).toBe(200);
    expect(await resetLetters(service, email)).toHaveLength(1);
  });

  it('does the same work for all: the same statements in the same order, as many rows', async () => {
    const { known, pending, unknown } = await threeKinds();
    const work = [];
    for (const email of [known, pending, unknown]) {
      await allLettersTried(service);
      const before = await everyRow(service);
      const statements = await statementsOf(service, () => forgot(service, email));
      const after = await everyRow(service);
      const added = ['reset_tokens', 'letters', 'audit_events'].map(
        (table) => after[table].length - before[table].length,
      );
      work.push({ statements: ofRequest(statements), added });
    }
    expect(work[0].statements).not.toEqual([]);
    expect(work[0].added).toEqual([1, 1, 1]);
    expect(work[1]).toEqual(work[0]);
    expect(work[2]).toEqual(work[0]);
  });

  it('sends a second message only after 60 seconds, without saying so; the first link keeps working', async () => {
    const { known, unknown } = await threeKinds();
    for (const email of [known, unknown]) {
      const first = await forgot(service, email);
      service.clock.advance(50 * SECOND_MS);
      const second = await forgot(service, email);
      expect({ status: second.status, body: second.body }).toEqual({ status: 200, body: first.body });
    }
    const [letter, ...more] = await resetLetters(service, known);
    expect(more).toEqual([]);
    service.clock.advance(10 * SECOND_MS);
    expect((await reset(service, LINK.exec(letter.text)![1])).status).toBe(200);
    await forgot(service, known);
    expect(await resetLetters(service, known)).toHaveLength(2);
  });

  it('sends at most five messages an hour, without saying so', async () => {
    const { known, unknown } = await threeKinds();
    const answers: ApiAnswer[] = [];
    for (let asked = 0; asked < 8; asked += 1) {
      answers.push(await forgot(service, known), await forgot(service, unknown));
      service.clock.advance(61 * SECOND_MS);
    }
    for (const { status, body } of answers) expect({ status, body }).toEqual({ status: 200, body: answers[0].body });
    expect(await resetLetters(service, known)).toHaveLength(5);
    const rows = await service.query(`SELECT id FROM letters WHERE recipient = '${unknown}'`);
    expect(rows).toHaveLength(5);
    service.clock.advance(HOUR_MS - 8 * 61 * SECOND_MS);
    await forgot(service, known);
    expect(await resetLetters(service, known)).toHaveLength(6);
  });

  it('sends one message for many concurrent requests with an address', async () => {
    const { known } = await threeKinds();
    const answers = await Promise.all(Array.from({ length: 20 }, () => forgot(service, known)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    const [letter, ...more] = await resetLetters(service, known);
    expect(more).toEqual([]);
    expect((await reset(service, LINK.exec(letter.text)![1])).status).toBe(200);
  });

  it('sends a message that says who it is for, how long the link works, and what to do', async () => {
    const email = newAddress();
    await signUp(service, email, PASSWORD, 'Augusta');
    await signUp(service, email, PASSWORD, 'Ada');
    await forgot(service, email);
    const [letter] = await resetLetters(service, email);
    expect(letter.text).toContain('Hello Ada,');
    expect(letter.text).toContain('The link works once, for 60 minutes.');
    expect(letter.text).toContain('If it was not you, ignore this letter');
    const link = LINK.exec(letter.text)![0].replace('=', '&#x3D;');
    expect(letter.html).toContain(`href="${link}"`);
  });

  it('links to the page of the service, with 256 random bits in the fragment', async () => {
    const { known, pending } = await threeKinds();
    const tokens = [];
    for (const email of [known, pending]) {
      await forgot(service, email);
      const [letter] = await resetLetters(service, email);
      const [link, token] = LINK.exec(letter.text)!;
      expect(link).toBe(`https://talkstack.test/reset-password#token=${token}`);
      expect(Buffer.from(token, 'base64url')).toHaveLength(32);
      tokens.push(token);
    }
    expect(new Set(tokens).size).toBe(2);
  });

  it('keeps the token as SHA-256 only, and logs neither it nor the link', async () => {
    const { known } = await threeKinds();
    await forgot(service, known);
    const [letter] = await resetLetters(service, known);
    const [, token] = LINK.exec(letter.text)!;
    const [row] = await service.query(`SELECT token_hash FROM reset_tokens WHERE email = '${known}'`);
    expect(row.token_hash).toBe(createHash('sha256').update(token).digest('hex'));
    expect(JSON.stringify(await everyRow(service))).not.toContain(token);
    const [{ secret }] = await service.query(
      `SELECT secret FROM letters WHERE recipient = '${known}' AND kind = 'password-reset'`,
    );
    expect(secret).toBeNull();
    await reset(service, token);
    expect(service.logs.join()).not.toContain(token);
    expect(service.logs.join()).not.toContain(NEW_PASSWORD);
  });

  it('creates a token for unknown addresses too, which is never sent and opens nothing', async () => {
    const email = newAddress();
    await forgot(service, email);
    const letters = await service.query(`SELECT state, secret FROM letters WHERE recipient = '${email}'`);
    expect(letters).toEqual([{ state: 'void', secret: null }]);
    await join(service, email);
    expect((await logIn(service, { email, password: PASSWORD })).status).toBe(200);
    expect(service.mailbox.to(email)).toHaveLength(1);
  });
});

describe('The reset link, where the settings say so,', () => {
  let service: TestApp;
  afterEach(() => service.close());

  it.each([
    ['goes below a path', { PUBLIC_URL: 'https://talkstack.test/api/' }, 'https://talkstack.test/api/reset-password'],
    ['leads to an own page', { RESET_PASSWORD_URL: 'https://app.test/new?lang=en' }, 'https://app.test/new?lang=en'],
  ])('in the message %s', async (_, settings, page) => {
    service = await startApp(settings);
    const { email } = await join(service);
    await forgot(service, email);
    const [letter] = await resetLetters(service, email);
    const [link, token] = LINK.exec(letter.text)!;
    expect(link).toBe(`${page}#token=${token}`);
    expect((await reset(service, token)).status).toBe(200);
  });
});
