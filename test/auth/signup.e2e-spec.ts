import { ApiAnswer } from '../support/api-client.js';
import { alter, everyRow } from '../support/codes.js';
import { drain } from '../support/outbox.js';
import { join, newAddress, PASSWORD, signUp } from '../support/people.js';
import { logIn, statusFor } from '../support/sessions.js';
import { TIME } from '../support/shapes.js';
import { startApp, TestApp } from '../support/start-app.js';

const UUID = /^[\da-f]{8}-[\da-f]{4}-[47][\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

/** The one error body, with the flow's number. */
function expectRefusal(answer: ApiAnswer, code: string, signupStatus: number, fields: string[] = []): void {
  const { errors, ...body } = answer.body;
  const requestId = answer.headers.get('x-request-id');
  expect(body).toEqual({ message: expect.any(String), status: 'error', code, requestId, signupStatus });
  expect((errors ?? []).map(({ field }: { field: string }) => field).sort()).toEqual(fields);
  for (const fault of errors ?? []) expect(fault).toEqual({ field: expect.any(String), message: expect.any(String) });
}

describe('Signing up', () => {
  let service: TestApp;
  let verified: string;
  beforeAll(async () => {
    service = await startApp();
    verified = (await join(service)).email;
  });
  afterAll(() => service.close());

  const send = (changes: object): Promise<ApiAnswer> =>
    service.api.post('/auth/signup', { email: newAddress(), password: PASSWORD, name: 'Ada', ...changes });

  it('answers the documented example, with the tokens that the text promises', async () => {
    const email = newAddress();
    const { status, body } = await send({ email, name: '  Ada  ' });
    expect(status).toBe(200);
    expect(body).toEqual({
      message: expect.any(String),
      status: 'success',
      user: {
        email,
        name: 'Ada',
        active_project: null,
        created_at: TIME,
        updated_at: body.user.created_at,
        company_name: null,
      },
      signupStatus: 3,
      token: expect.any(String),
      refreshToken: expect.any(String),
      expirationTime: TIME,
    });
  });

  it('takes the times from the clock: the account is made now, the token lives two hours', async () => {
    const before = service.clock.now().getTime();
    const { body } = await send({});
    expect(Date.parse(body.user.created_at)).toBeGreaterThanOrEqual(before);
    const lifeMs = Date.parse(body.expirationTime) - Date.parse(body.user.created_at);
    expect(Math.abs(lifeMs - 2 * 60 * 60 * 1000)).toBeLessThanOrEqual(1000);
  });

  it('knows an address in one form: trimmed, lower case, the domain in ASCII', async () => {
    expect((await send({ email: ' \tAda.Form+Tag@BÜCHER.example ' })).body).toMatchObject({
      user: { email: 'ada.form+tag@xn--bcher-kva.example' },
      signupStatus: 3,
    });
    expect((await send({ email: 'ADA.FORM+tag@xn--bcher-kva.EXAMPLE' })).body.signupStatus).toBe(2);
  });

  it('accepts an address of 254 characters, and refuses one of 255', async () => {
    const domain = [60, 60, 60].map((length) => 'd'.repeat(length)).join('.') + '.example';
    const longest = 'a'.repeat(254 - 1 - domain.length) + '@' + domain;
    expect((await send({ email: longest })).body.user.email).toBe(longest);
    expectRefusal(await send({ email: 'a' + longest }), 'INVALID_EMAIL', 5, ['email']);
  });

  it.each([
    ['ada', '@example.com', 'ada@', 'ada@localhost', 'a da@example.com', 'ada@exa mple.com', 'ada@@example.com'],
    ['ada@example.com/x', 'ada@example.com?x', 'ada@example.com#x', 'ada@example.com\\x', 'ada@ex%61mple.com'],
    ['ada@exam\nple.com', 'ada@exam\tple.com', 'ada\0@example.com', 'ada@example.com\r\nBcc: eve@example.com'],
    ['ada@example.com, eve@example.com', 'ada@example.com;eve@example.com', 'Ada <ada@example.com>'],
    ['"a b"@example.com', '"a\r\nb"@example.com', '"eve@example.com>"@example.com', '"eve@example.com,a"@example.com'],
    ['ada@127.0.0.1', 'ada@[127.0.0.1]', 'ada@bücher.example/x', 'ada@\u0301bc.example', 'ädà@example.com'],
  ])('refuses what is no address: %j and its like', async (...addresses) => {
    for (const email of addresses) expectRefusal(await send({ email }), 'INVALID_EMAIL', 5, ['email']);
  });

  it.each(['email', 'password', 'name'])('misses %s when it is absent, null or blank', async (field) => {
    const blanks = field === 'password' ? [''] : ['', '   ', '\t\n'];
    for (const value of [undefined, null, ...blanks]) {
      const answer = await send({ [field]: value });
      expect(answer.status).toBe(400);
      expectRefusal(answer, 'CREDENTIALS_MISSING', 0, [field]);
    }
  });

  it('does not trim a password: three blanks are there, and too short', async () => {
    expectRefusal(await send({ password: '   ' }), 'PASSWORD_TOO_SHORT', 4, ['password']);
  });

  it('calls a wrong type a fault of its field', async () => {
    for (const value of [42, true, {}, ['ada@example.com'], { $ne: null }]) {
      expectRefusal(await send({ email: value }), 'INVALID_EMAIL', 5, ['email']);
      expectRefusal(await send({ password: value }), 'VALIDATION_FAILED', 4, ['password']);
      expectRefusal(await send({ name: value }), 'VALIDATION_FAILED', 4, ['name']);
    }
  });

  it.each([
    ['missing before malformed', { email: 'nonsense', name: null }, 'CREDENTIALS_MISSING', 0, ['email', 'name']],
    ['malformed before too short', { email: 'nonsense', password: 'short' }, 'INVALID_EMAIL', 5, ['email']],
    ['malformed before a wrong type', { email: 'nonsense', name: 5 }, 'INVALID_EMAIL', 5, ['email', 'name']],
    ['password before name', { password: 'short', name: 'a\nb' }, 'PASSWORD_TOO_SHORT', 4, ['name', 'password']],
    ['common before name', { password: 'password123', name: 'a\nb' }, 'PASSWORD_COMMON', 4, ['name', 'password']],
    ['name before account', { known: true, name: 'a\nb' }, 'NAME_INVALID', 4, ['name']],
    ['password before account', { known: true, password: 'x'.repeat(257) }, 'PASSWORD_TOO_LONG', 4, ['password']],
    ['the account last', { known: true }, 'ACCOUNT_ALREADY_EXISTS', 1, []],
  ])('judges in the documented order: %s', async (_, { known, ...changes }: any, code, number, fields) => {
    const answer = await send({ ...(known && { email: verified }), ...changes });
    expect(answer.status).toBe(400);
    expectRefusal(answer, code, number, fields);
  });

  it('does not change a verified account, and sends it no message', async () => {
    const ada = await join(service);
    await drain(service);
    const before = await everyRow(service);
    expect((await send({ email: ada.email, password: 'planted by a stranger', name: 'Eve' })).status).toBe(400);
    const after = await everyRow(service);
    for (const table of ['users', 'signup_attempts', 'sessions', 'letters'])
      expect(after[table]).toEqual(before[table]);
    expect(await statusFor(service, ada)).toBe(200);
    expect((await logIn(service, ada)).status).toBe(200);
  });

  it('drops fields that it does not know', async () => {
    const email = newAddress();
    const answer = await send({
      email,
      id: 1,
      verified: true,
      company_name: 'Acme',
      active_project: 'x',
      __proto__: {},
    });
    expect(answer.body.user).toMatchObject({ email, company_name: null, active_project: null });
    const smuggled = `{"email":"${newAddress()}","password":"${PASSWORD}","name":"Ada","__proto__":{"isAdmin":true}}`;
    expect((await service.api.post('/auth/signup', smuggled)).status).toBe(200);
  });

  it.each([
    ['no body', undefined, 'application/json', 400, 'CREDENTIALS_MISSING', 0, ['email', 'name', 'password']],
    ['broken JSON', '{"email":', 'application/json', 400, 'REQUEST_MALFORMED', 4, []],
    ['a list', '[]', 'application/json', 400, 'REQUEST_MALFORMED', 4, []],
    ['a form', 'email=ada', 'application/x-www-form-urlencoded', 415, 'NOT_JSON', 4, []],
    [
      'far too much',
      JSON.stringify({ name: 'x'.repeat(101 * 1024) }),
      'application/json',
      413,
      'BODY_TOO_LARGE',
      4,
      [],
    ],
  ])('answers %s in the same shape', async (_, text, type, status, code, number, fields) => {
    const answer = await service.api.with({ 'content-type': type }).post('/auth/signup', text);
    expect(answer.status).toBe(status);
    expectRefusal(answer, code, number, fields);
  });

  it('names every answer by an x-request-id, the client’s own if it is well-formed', async () => {
    const own = { 'x-request-id': 'client-0001.a_b' };
    expect((await service.api.with(own).post('/auth/signup', {})).body.requestId).toBe(own['x-request-id']);
    const granted = await service.api
      .with(own)
      .post('/auth/signup', { email: newAddress(), password: PASSWORD, name: 'A' });
    expect(granted.headers.get('x-request-id')).toBe(own['x-request-id']);
    for (const given of ['short', 'x'.repeat(65), 'with a blank in it', 'semi;colon"quote']) {
      const answer = await service.api.with({ 'x-request-id': given }).post('/auth/signup', {});
      expect(answer.headers.get('x-request-id')).toMatch(UUID);
    }
  });
});

describe('A signup that fails on our side', () => {
  let service: TestApp;
  beforeAll(async () => (service = await startApp()));
  afterAll(() => service.close());

  it('is a 500 that tells the cause to the log alone, and leaves nothing behind', async () => {
    const email = newAddress();
    await alter(service, 'ALTER TABLE audit_events RENAME TO lost_events');
    const answer = await signUp(service, email);
    expect(answer.status).toBe(500);
    expectRefusal(answer, 'INTERNAL_ERROR', 4);
    expect(JSON.stringify(answer.body)).not.toMatch(/audit_events|sql|table/i);
    const lines = service.logs.filter((line) => line.includes(answer.body.requestId) && line.includes('audit_events'));
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toContain(email);

    await alter(service, 'ALTER TABLE lost_events RENAME TO audit_events');
    const { signup_attempts, sessions, letters } = await everyRow(service);
    expect({ signup_attempts, sessions, letters }).toEqual({ signup_attempts: [], sessions: [], letters: [] });
    expect((await signUp(service, email)).body.signupStatus).toBe(3);
  });
});
