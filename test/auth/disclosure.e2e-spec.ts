import { PasswordHasher } from '../../src/auth/password-hasher.js';
import { tellingPart } from '../support/answers.js';
import { ApiAnswer } from '../support/api-client.js';
import { enterCode, everyRow, wrongCodes } from '../support/codes.js';
import { drain } from '../support/outbox.js';
import { join, PASSWORD, signUp } from '../support/people.js';
import { logIn, statusFor } from '../support/sessions.js';
import { startApp, TestApp } from '../support/start-app.js';

const MINUTE_MS = 60_000;
const STRANGERS_PASSWORD = 'a stranger chose this one';
const SUBJECT = { code: / is your Talkstack code$/, notice: /^You already have/, reset: /^Reset your/ };

/** All tables but those that count requests: they have rows of any address at its first request, whatever that is. */
const WRITTEN_TO = ['users', 'signup_attempts', 'sessions', 'letters', 'reset_tokens', 'audit_events'];

/** Three addresses of one length, and the code that waits for the pending one. */
interface Addresses {
  verified: string;
  pending: string;
  unknown: string;
  code: string;
}

describe('With ACCOUNT_DISCLOSURE=hidden', () => {
  let service: TestApp;
  let count = 100;
  beforeAll(async () => (service = await startApp({ ACCOUNT_DISCLOSURE: 'hidden' })));
  afterAll(() => service.close());

  async function addresses(): Promise<Addresses> {
    count += 1;
    const [verified, pending, unknown] = ['known', 'begun', 'never'].map((name) => `${name}.${count}@example.com`);
    await join(service, verified);
    await signUp(service, pending);
    return { verified, pending, unknown, code: await service.mailbox.nextCode(pending) };
  }

  async function idsByTable(): Promise<Record<string, Set<string>>> {
    const tables = await everyRow(service);
    const ids = (rows: any[]) => new Set<string>(rows.map(({ id, email }) => id ?? email));
    return Object.fromEntries(WRITTEN_TO.map((table) => [table, ids(tables[table])]));
  }

  /** What `ask` is answered, the hashes begun for it and the number of rows inserted into each table. */
  async function workOf(ask: () => Promise<ApiAnswer>) {
    const hasher = service.app.get(PasswordHasher);
    const [begun, before] = [hasher.begun, await idsByTable()];
    const answer = await ask();
    const inserted = Object.entries(await idsByTable()).map(([table, ids]) => {
      return [table, [...ids].filter((id) => !before[table].has(id)).length];
    });
    return { answer, hashes: hasher.begun - begun, inserted: Object.fromEntries(inserted) };
  }

  /** Asks the same of all three: the answers and the work behind them are alike. Answers one of them, and the hashes it took. */
  async function askAlike({ verified, pending, unknown }: Addresses, ask: (email: string) => Promise<ApiAnswer>) {
    const seen = [];
    for (const email of [verified, pending, unknown]) {
      const { answer, ...work } = await workOf(() => ask(email));
      seen.push({ answer, work, telling: { ...tellingPart(answer, email), ...work } });
    }
    expect(seen[0].telling).toEqual(seen[2].telling);
    expect(seen[1].telling).toEqual(seen[2].telling);
    return { ...seen[2].answer, hashes: seen[2].work.hashes };
  }

  const resend = (email: string) => service.api.post('/auth/resend-code', { email });
  const forgot = (email: string) => service.api.post('/auth/forgot-password', { email });
  const strangersSignUp = (email: string) => signUp(service, email, STRANGERS_PASSWORD, 'Eve');

  it('signs everybody up, however often, at the price of one hash', async () => {
    const three = await addresses();
    for (let i = 0; i < 5; i += 1) {
      const { status, body, hashes } = await askAlike(three, strangersSignUp);
      expect([status, body.signupStatus, hashes]).toEqual([200, 3, 1]);
    }
    const refused = await askAlike(three, (email) => signUp(service, email, 'short'));
    expect([refused.status, refused.body.code, refused.hashes]).toEqual([400, 'PASSWORD_TOO_SHORT', 0]);
  });

  it('lets nobody in with a password that is not the account’s, at the price of one hash', async () => {
    const three = await addresses();
    const right = (email: string) => (email === three.pending ? PASSWORD : 'not the right password');
    for (const passwordFor of [() => 'not the right password', right]) {
      const answer = await askAlike(three, (email) => logIn(service, { email, password: passwordFor(email) }));
      expect([answer.status, answer.body.code, answer.body.loginStatus]).toEqual([401, 'INVALID_PASSWORD', 4]);
      expect(answer.hashes).toBe(1);
    }
    await askAlike(three, strangersSignUp);
    const own = await askAlike(three, (email) => logIn(service, { email, password: STRANGERS_PASSWORD }));
    expect([own.status, own.body.code, own.hashes]).toEqual([401, 'INVALID_PASSWORD', 1]);
  });

  it('calls every code wrong, five times, and then refuses further ones of the network', async () => {
    const three = await addresses();
    for (const [index, code] of wrongCodes(7, three.code).entries()) {
      const { status, body } = await askAlike(three, (email) => enterCode(service, email, code));
      const expected = index < 5 ? [400, 'INVALID_CODE', 1] : [429, 'TOO_MANY_TRIES', 1];
      expect([status, body.code, body.verificationStatus]).toEqual(expected);
    }
    const { status } = await askAlike(three, (email) => enterCode(service, email, three.code));
    expect(status).toBe(429);
  });

  it('calls a code wrong that has expired, was replaced or was entered before', async () => {
    const three = await addresses();
    service.clock.advance(16 * MINUTE_MS);
    const late = await askAlike(three, (email) => enterCode(service, email, three.code));
    expect(late.body).toMatchObject({ code: 'INVALID_CODE', verificationStatus: 1 });
    await resend(three.pending);
    const code = await service.mailbox.nextCode(three.pending);
    const again = Array.from({ length: 4 }, () => enterCode(service, three.pending, code));
    const statuses = (await Promise.all(again)).map(({ status, body }) => `${status} ${body.code ?? ''}`);
    expect(statuses.sort()).toEqual(['200 ', ...Array<string>(3).fill('400 INVALID_CODE')]);
  });

  it('sends codes again to everybody, by its words', async () => {
    const three = await addresses();
    service.clock.advance(61 * MINUTE_MS);
    for (let i = 0; i < 3; i += 1) {
      const { status, hashes } = await askAlike(three, resend);
      expect([status, hashes]).toEqual([200, 0]);
    }
    await askAlike(three, strangersSignUp);
    for (let i = 0; i < 7; i += 1) {
      expect((await askAlike(three, resend)).status).toBe(200);
      service.clock.advance(MINUTE_MS);
    }
  });

  it('sends reset links to everybody, by its words', async () => {
    const three = await addresses();
    for (let i = 0; i < 7; i += 1) {
      const { status, hashes } = await askAlike(three, forgot);
      expect([status, hashes]).toEqual([200, 0]);
      service.clock.advance(i < 2 ? 0 : MINUTE_MS);
    }
  });

  it('gives strangers tokens that behave alike, before and after wrong codes', async () => {
    const three = await addresses();
    const tokens = new Map<string, ApiAnswer['body']>();
    await askAlike(three, async (email) => {
      const answer = await strangersSignUp(email);
      tokens.set(email, answer.body);
      return answer;
    });
    const guarded = (email: string) => service.api.as({ token: tokens.get(email).token }).get('/user/me');
    const refresh = (email: string) =>
      service.api.post('/auth/refresh-token', { refreshToken: tokens.get(email).refreshToken });
    for (const code of ['', ...wrongCodes(7, three.code)]) {
      if (code !== '') await askAlike(three, (email) => enterCode(service, email, code));
      for (const ask of [guarded, refresh]) {
        const { status, body } = await askAlike(three, ask);
        expect([status, body.code]).toEqual([401, 'EMAIL_NOT_VERIFIED']);
      }
    }
    for (let i = 0; i < 3; i += 1) await askAlike(three, strangersSignUp);
    for (const ask of [guarded, refresh]) expect((await askAlike(three, ask)).body.status).toBe('error');
  });

  it('writes to each address what its owner may know, and nothing to strangers', async () => {
    const { verified, pending, unknown } = await addresses();
    const subjects = async (email: string, since: number) => {
      await drain(service);
      return service.mailbox
        .to(email)
        .slice(since)
        .map(({ subject }) => subject);
    };
    service.clock.advance(MINUTE_MS);
    for (const email of [verified, pending, unknown]) await forgot(email);
    for (const email of [verified, pending, unknown]) await resend(email);
    expect(await subjects(verified, 1)).toEqual([expect.stringMatching(SUBJECT.reset)]);
    expect((await subjects(pending, 1)).sort()).toEqual([
      expect.stringMatching(SUBJECT.code),
      expect.stringMatching(SUBJECT.reset),
    ]);
    expect(await subjects(unknown, 0)).toEqual([]);

    service.clock.advance(MINUTE_MS);
    for (const email of [verified, pending, unknown]) await strangersSignUp(email);
    expect(await subjects(verified, 2)).toEqual([expect.stringMatching(SUBJECT.notice)]);
    expect(await subjects(pending, 3)).toEqual([expect.stringMatching(SUBJECT.code)]);
    expect(await subjects(unknown, 0)).toEqual([expect.stringMatching(SUBJECT.code)]);
    const [notice] = service.mailbox.to(verified).slice(-1);
    expect(notice.text).toContain('Hello Ada,');
    expect(notice.text).not.toMatch(/Eve|\b\d{6}\b/);
  });

  it('tells an owner of signups in her name once a minute and five times an hour at most', async () => {
    const { verified } = await addresses();
    service.clock.advance(61 * MINUTE_MS);
    for (let i = 0; i < 20; i += 1) {
      await strangersSignUp(verified);
      service.clock.advance(MINUTE_MS / 2);
    }
    await drain(service);
    const notices = service.mailbox.to(verified).filter(({ subject }) => SUBJECT.notice.test(subject));
    expect(notices.length).toBeGreaterThan(0);
    expect(notices.length).toBeLessThanOrEqual(5);
  });

  it('writes a stranger’s signup of an account’s address as a row that no code, password or address fits', async () => {
    const { verified, unknown } = await addresses();
    const rowOf = async (email: string) => {
      const since = (await idsByTable()).signup_attempts;
      await strangersSignUp(email);
      const rows = await service.query('SELECT * FROM signup_attempts');
      return rows.find(({ id }) => !since.has(id));
    };
    const [decoy, signup] = [await rowOf(verified), await rowOf(unknown)];
    expect(signup).toMatchObject({ email: unknown, name: 'Eve' });
    for (const field of ['code_hash', 'password_hash'])
      expect([field, signup[field]?.length > 0]).toEqual([field, true]);
    expect(decoy).toMatchObject({ code_hash: null, password_hash: '', name: '' });
    expect(decoy.email).toMatch(/^[0-9a-f]{64}$/);
  });

  it('does not change the account, whatever strangers sign up with and enter', async () => {
    const owner = await join(service, `owner.${count}@example.com`);
    const { body } = await strangersSignUp(owner.email);
    for (const code of wrongCodes(11)) await enterCode(service, owner.email, code);
    expect(await statusFor(service, owner)).toBe(200);
    expect((await logIn(service, owner)).body).toMatchObject({ user: { name: 'Ada' }, loginStatus: 7 });
    expect(await statusFor(service, body)).toBe(401);
    expect((await logIn(service, { ...owner, password: STRANGERS_PASSWORD })).status).toBe(401);
    expect(await service.query(`SELECT id FROM users WHERE email = '${owner.email}'`)).toHaveLength(1);
  });

  it('says nothing of the mail server either', async () => {
    const three = await addresses();
    await service.mailbox.close();
    for (let i = 0; i < 2; i += 1) {
      expect((await askAlike(three, strangersSignUp)).body.signupStatus).toBe(3);
      await drain(service);
    }
    await service.mailbox.open();
  });
});
