import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { Database } from '../../src/database/database.js';
import { withoutTables } from '../openapi/broken-database.js';
import { ApiAnswer, ApiCredentials } from '../support/api-client.js';
import { allLettersTried, everyRow } from '../support/codes.js';
import { newAddress } from '../support/people.js';
import { startApp, TEST_SETTINGS, TestApp } from '../support/start-app.js';

const FIRST = 'the first canary password';
const SECOND = 'the second canary password';
const THIRD = 'the third canary password';
const WRONG = 'a canary that opens nothing';
const HASHES = [
  'SELECT password_hash AS hash FROM users',
  'SELECT password_hash AS hash FROM signup_attempts',
  'SELECT code_hash AS hash FROM signup_attempts',
  'SELECT refresh_hash AS hash FROM sessions',
  'SELECT token_hash AS hash FROM reset_tokens',
  'SELECT key_hash AS hash FROM api_keys',
];

describe('The secrets of a whole account', () => {
  let service: TestApp;
  const answers: ApiAnswer[] = [];
  const secrets = new Map([['APP_SECRET', TEST_SETTINGS.APP_SECRET]]);
  const hashes = new Set<string>();
  let tables = '';
  let owner = '';

  const keep = (name: string, secret: string) => secrets.set(`${name} ${secrets.size}`, secret);

  /** Sends a request as a client would, and keeps its answer. */
  async function ask(method: string, path: string, body?: unknown, as: ApiCredentials = {}): Promise<any> {
    const answer = await service.api.as(as).send(method, path, body);
    answers.push(answer);
    for (const name of ['token', 'refreshToken', 'apiKey']) {
      if (answer.body[name] !== undefined) keep(name, answer.body[name]);
    }
    return answer.body;
  }

  /** Keeps what the tables hold at this moment of the story. */
  async function lookIntoTables(): Promise<void> {
    tables += JSON.stringify(await everyRow(service));
    for (const statement of HASHES) {
      for (const { hash } of await service.query(statement)) if (hash) hashes.add(hash);
    }
  }

  async function signUpAndVerify(email: string): Promise<void> {
    await ask('POST', '/auth/signup', { email, password: 'canary!', name: 'Ada' });
    await ask('POST', '/auth/signup', { email, password: FIRST, name: 'Ada' });
    const code = await service.mailbox.nextCode(email);
    keep('code', code);
    await lookIntoTables();
    await ask('POST', '/auth/verify-email', { email, code: WRONG });
    await ask('POST', '/auth/login', { email, password: FIRST });
    await ask('POST', '/auth/verify-email', { email, code });
  }

  async function useTheAccount(email: string): Promise<ApiCredentials> {
    await ask('POST', '/auth/login', { email, password: WRONG });
    const { token, refreshToken } = await ask('POST', '/auth/login', { email, password: FIRST });
    await ask('POST', '/auth/change-password', { oldPassword: WRONG, newPassword: SECOND }, { token });
    await ask('POST', '/auth/change-password', { oldPassword: FIRST, newPassword: SECOND }, { token });
    const { apiKey } = await ask('GET', '/user/generate-apikey', undefined, { token });
    [{ id: owner }] = await service.query('SELECT id FROM users');
    await ask('GET', '/user/me', undefined, { apiKey });
    await ask('GET', '/user/me', undefined, {
      apiKey: apiKey.replace(/^./, (digit: string) => (digit === '0' ? '1' : '0')),
    });
    const next = await ask('POST', '/auth/refresh-token', { refreshToken });
    await lookIntoTables();
    await ask('POST', '/auth/refresh-token', { refreshToken: next.refreshToken });
    await ask('POST', '/auth/refresh-token', { refreshToken });
    await ask('GET', '/user/me', undefined, { token: next.token });
    return { apiKey };
  }

  async function recover(email: string): Promise<string> {
    await allLettersTried(service);
    const before = service.mailbox.to(email).length;
    await ask('POST', '/auth/forgot-password', { email });
    await lookIntoTables();
    await allLettersTried(service);
    const [, token] = /#token=([\w-]+)/.exec(service.mailbox.to(email)[before].text) ?? [];
    keep('reset token', token);
    await ask('POST', '/auth/reset-password', { token: WRONG, newPassword: THIRD });
    await ask('POST', '/auth/reset-password', { token, newPassword: THIRD });
    await ask('POST', '/auth/reset-password', { token, newPassword: THIRD });
    return (await ask('POST', '/auth/login', { email, password: THIRD })).token;
  }

  async function sendWhatCannotBeRead(token: string): Promise<void> {
    await ask('POST', '/auth/login', `{"password": "${FIRST}", `);
    await ask('POST', '/auth/login', { email: { $ne: WRONG }, password: [FIRST] });
    await ask('GET', `/user/me?token=${token}`);
    await ask('GET', `/${token}`);
    await ask('GET', `/user/%zz${token}`);
    await ask('GET', '/user/me', undefined, { token: `${token}x`, apiKey: WRONG });
    answers.push(await service.api.with({ 'user-agent': `Agent ${'x'.repeat(1000)}` }).get('/health/live'));
    const socket = connect(Number(new URL(service.api.url).port), '127.0.0.1');
    socket.write(`POST /auth/login HTTP/1.1\r\nAuthorization: Bearer ${token}\u0001\r\n\r\n${FIRST}`);
    expect(await text(socket)).toContain('REQUEST_MALFORMED');
  }

  /** A mail server that quotes letters in its refusals, a database that loses a table. */
  async function meetFaults(email: string): Promise<void> {
    const other = newAddress('bob');
    service.mailbox.refuseLetter = ({ subject }) => ({ code: 550, text: `Looks like spam: ${subject}` });
    await ask('POST', '/auth/signup', { email: other, password: FIRST, name: 'Bob' });
    await allLettersTried(service);
    await lookIntoTables();
    service.mailbox.refuseLetter = () => null;
    await withoutTables(
      service,
      async () => {
        await ask('POST', '/auth/login', { email, password: THIRD });
        await ask('POST', '/auth/signup', { email: other, password: SECOND, name: 'Bob' });
        await ask('POST', '/auth/forgot-password', { email });
      },
      'audit_events',
    );
    service.app.get(Database).reader.logger.logQuerySlow(11_000, 'SELECT ?', [WRONG]);
  }

  beforeAll(async () => {
    service = await startApp({ LOG_LEVEL: 'trace' });
    const email = newAddress();
    await signUpAndVerify(email);
    await useTheAccount(email);
    const token = await recover(email);
    await sendWhatCannotBeRead(token);
    await meetFaults(email);
    await ask('POST', '/auth/logout-all', undefined, { token });
    const last = await ask('POST', '/auth/login', { email, password: THIRD });
    await ask('DELETE', '/user', { password: WRONG }, { token: last.token });
    await ask('DELETE', '/user', { password: THIRD }, { token: last.token });
    await allLettersTried(service);
    await lookIntoTables();
    for (const password of [FIRST, SECOND, THIRD, WRONG]) keep('password', password);
    for (const letter of service.mailbox.letters) {
      for (const line of letter.text.split('\n').filter(({ length }) => length > 30)) keep('line of a letter', line);
    }
  }, 120_000);
  afterAll(() => service.close());

  /** The secrets that are in a text. A code counts only where no other digit or letter is beside it. */
  const foundIn = (haystack: string) =>
    [...secrets].filter(([name, secret]) =>
      name.startsWith('code') ? new RegExp(`\\b${secret}\\b`).test(haystack) : haystack.includes(secret),
    );

  it('were all there, and the story met success and every kind of fault', () => {
    const kinds = new Set([...secrets.keys()].map((name) => name.replace(/ \d+$/, '')));
    expect([...kinds].sort()).toEqual(
      ['APP_SECRET', 'apiKey', 'code', 'line of a letter', 'password', 'refreshToken', 'reset token', 'token'].sort(),
    );
    expect(hashes.size).toBeGreaterThan(6);
    expect([...new Set(answers.map(({ status }) => status))].sort()).toEqual([200, 400, 401, 404, 500]);
  });

  it('are in no line of the log, at the level trace, nor are their hashes', () => {
    const log = service.logs.join('');
    expect(foundIn(log)).toEqual([]);
    expect([...hashes].filter((hash) => log.includes(hash))).toEqual([]);
    expect(log).toContain('A statement took 11000 ms: SELECT ?');
    expect(log).not.toContain('PRIVATE KEY');
  });

  it('are in no table as they are', () => {
    expect(foundIn(tables)).toEqual([]);
    expect(tables).not.toContain('PRIVATE KEY');
  });

  it('are in no error', () => {
    const errors = answers.filter(({ status }) => status >= 400).map(({ body }) => JSON.stringify(body));
    expect(errors.length).toBeGreaterThan(15);
    expect(foundIn(errors.join('\n'))).toEqual([]);
    expect([...hashes].filter((hash) => errors.join('').includes(hash))).toEqual([]);
  });

  it('leave a log that is of use: JSON lines, one a request, with its id, its route and its duration', () => {
    const lines = service.logs.map((line) => JSON.parse(line));
    const requests = lines.filter(({ msg }) => msg === 'request');
    for (const { headers, status, body } of answers) {
      const own = requests.filter(({ requestId }) => requestId === headers.get('x-request-id'));
      // A URL that cannot be read reaches no route, and so no hook.
      if (own.length === 0) expect(status).toBe(400);
      else {
        const told = { durationMs: expect.any(Number), network: '127.0.0.0/24', userAgent: expect.any(String) };
        expect(own).toMatchObject([{ status, method: expect.any(String), ...told }]);
        expect(own[0].code).toBe(status < 400 ? undefined : body.code);
      }
    }
    const known = requests.filter(({ userId }) => userId !== undefined);
    expect(new Set(known.map(({ userId }) => userId))).toEqual(new Set([owner]));
    expect(known.map(({ route }) => route)).toEqual(expect.arrayContaining(['/user/me', '/user']));
    expect(Math.max(...requests.map(({ userAgent }) => userAgent.length))).toBe(255);
    expect(requests.map(({ route }) => route)).toEqual(expect.arrayContaining(['/auth/signup', '/user', null]));
  });
});
