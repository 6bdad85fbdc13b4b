import { withoutTables } from './openapi/broken-database.js';
import { ApiAnswer } from './support/api-client.js';
import { refresh } from './support/credentials.js';
import { decode } from './support/jwt.js';
import { drain } from './support/outbox.js';
import { join, newAddress, PASSWORD, signUp } from './support/people.js';
import { countRows } from './support/rows.js';
import { logIn } from './support/sessions.js';
import { startApp, TestApp } from './support/start-app.js';
import { tablesWith } from './support/tables.js';

let service: TestApp;
beforeAll(async () => (service = await startApp({ TRUST_PROXY: 'loopback' })));
afterAll(() => service.close());

interface EventRow {
  type: string;
  user_id: string | null;
  email: string | null;
  network: string;
  request_id: string;
}

const eventsSince = async (first: number): Promise<EventRow[]> =>
  (await service.query('SELECT * FROM audit_events ORDER BY id')).slice(first);

const NEW_PASSWORD = 'another battery, another staple';

/** Somebody whose account goes through all that the log tells of. */
class Actor {
  readonly email = newAddress();
  /** What the log must never know. */
  readonly secrets: string[] = [PASSWORD, NEW_PASSWORD, 'a wrong password'];
  userId = '';
  private token = '';
  private refreshToken = '';

  private get api() {
    return service.api.as({ token: this.token });
  }

  signUp = async () => this.keep(await signUp(service, this.email));

  verify = async () => {
    const code = await service.mailbox.nextCode(this.email);
    return service.api.post('/auth/verify-email', { email: this.email, code });
  };

  fail = () => logIn(service, { email: this.email, password: 'a wrong password' });
  logIn = async (password = PASSWORD) => this.keep(await logIn(service, { email: this.email, password }));
  logInAnew = () => this.logIn(NEW_PASSWORD);
  makeKey = async () => this.keep(await this.api.get('/user/generate-apikey'));
  deleteKey = () => this.api.delete('/user/apikey');

  endOtherSession = async () => {
    const { body } = await this.api.get('/user/sessions');
    return this.api.delete(`/user/sessions/${body.sessions.find((one: { current: boolean }) => !one.current).id}`);
  };

  beRobbed = async () => {
    const stolen = this.refreshToken;
    const { body } = this.keep(await refresh(service, stolen));
    this.keep(await refresh(service, body.refreshToken));
    return refresh(service, stolen);
  };

  failToChange = () =>
    this.api.post('/auth/change-password', { oldPassword: 'a wrong password', newPassword: NEW_PASSWORD });
  failToDelete = () => this.api.delete('/user', { password: 'a wrong password' });
  exportData = () => this.api.get('/user/export');
  changePassword = () => this.api.post('/auth/change-password', { oldPassword: PASSWORD, newPassword: NEW_PASSWORD });

  forgetPassword = () => service.api.post('/auth/forgot-password', { email: this.email });

  resetPassword = async () => {
    await drain(service);
    const reset = service.mailbox.to(this.email).find(({ text }) => text.includes('#token='));
    const [, token] = /#token=([\w-]+)/.exec(reset?.text ?? '') ?? [];
    this.secrets.push(token);
    return service.api.post('/auth/reset-password', { token, newPassword: NEW_PASSWORD });
  };

  logOut = () => this.api.post('/auth/logout');
  logOutEverywhere = () => this.api.post('/auth/logout-all');
  deleteAccount = () => this.api.delete('/user', { password: NEW_PASSWORD });

  private keep(answer: ApiAnswer): ApiAnswer {
    const { token, refreshToken, apiKey } = answer.body;
    if (token) this.userId = String(decode(token).payload.sub);
    this.token = token ?? this.token;
    this.refreshToken = refreshToken ?? this.refreshToken;
    this.secrets.push(...[token, refreshToken, apiKey].filter((secret) => secret !== undefined));
    return answer;
  }
}

/** All that happens, and what the log calls it. */
const STORY: [string, keyof Actor][] = [
  ['signed-up', 'signUp'],
  ['email-verified', 'verify'],
  ['login-failed', 'fail'],
  ['logged-in', 'logIn'],
  ['session-ended', 'endOtherSession'],
  ['api-key-created', 'makeKey'],
  ['api-key-deleted', 'deleteKey'],
  ['session-stolen', 'beRobbed'],
  ['logged-in', 'logIn'],
  ['data-exported', 'exportData'],
  ['password-check-failed', 'failToChange'],
  ['password-check-failed', 'failToDelete'],
  ['password-changed', 'changePassword'],
  ['password-reset-asked', 'forgetPassword'],
  ['password-reset', 'resetPassword'],
  ['logged-in', 'logInAnew'],
  ['logged-out', 'logOut'],
  ['logged-in', 'logInAnew'],
  ['logged-out', 'logOutEverywhere'],
  ['logged-in', 'logInAnew'],
];
/** Events that know the address by the user's id alone. */
const WITHOUT_ADDRESS = ['session-ended', 'api-key-deleted', 'data-exported', 'logged-out', 'account-deleted'];

describe('The audit log', () => {
  const ada = new Actor();
  let before: number;
  let told: EventRow[];
  const caused: [string, string | null][] = [];

  beforeAll(async () => {
    before = await countRows(service, 'audit_events');
    for (const [type, step] of STORY) {
      const { headers } = await (ada[step] as () => Promise<ApiAnswer>)();
      caused.push([type, headers.get('x-request-id')]);
    }
    told = await eventsSince(before);
  });

  it('tells the story of an account in order, each event under the id of the request that caused it', () => {
    expect(told.map(({ type, request_id }) => [type, request_id])).toEqual(caused);
  });

  it('names the user as soon as there is one, and the address where it is known', () => {
    expect(told.map(({ type, user_id }) => [type, user_id])).toEqual(
      STORY.map(([type]) => [type, type === 'signed-up' ? null : ada.userId]),
    );
    expect(told.map(({ type, email }) => [type, email])).toEqual(
      STORY.map(([type]) => [type, WITHOUT_ADDRESS.includes(type) ? null : ada.email]),
    );
  });

  it('has no password, token, key or code', () => {
    const columns = Object.keys(told[0]).sort();
    expect(columns).toEqual(['at', 'email', 'id', 'network', 'request_id', 'type', 'user_id']);
    const text = JSON.stringify(told);
    expect(ada.secrets.length).toBeGreaterThan(10);
    for (const secret of ada.secrets) expect(text).not.toContain(secret);
  });

  it('forgets the address when the account is deleted, but not what happened', async () => {
    const bob = await join(service);
    const earlier = await countRows(service, 'audit_events');
    const { headers } = await ada.deleteAccount();
    const [last] = await eventsSince(earlier);
    expect(last).toMatchObject({ type: 'account-deleted', user_id: ada.userId, email: null });
    expect(last.request_id).toBe(headers.get('x-request-id'));
    expect(await tablesWith(service, ada.email)).toEqual([]);
    const still = (await eventsSince(before)).slice(0, told.length);
    expect(still).toEqual(told.map((event) => ({ ...event, email: null })));
    expect(await countRows(service, 'audit_events', `email = '${bob.email}'`)).toBe(2);
  });
});

describe('An event', () => {
  it.each([
    ['203.0.113.77', '203.0.113.0/24'],
    ['203.0.113.77:5123', '203.0.113.0/24'],
    ['::ffff:203.0.113.77', '203.0.113.0/24'],
    ['2001:db8:abcd:12:34::1', '2001:db8:abcd::/48'],
    ['[2001:db8:abcd:12:34::1]:443', '2001:db8:abcd::/48'],
    ['2001:DB8:ABCD::1', '2001:db8:abcd::/48'],
    ['x'.repeat(200), '127.0.0.0/24'],
  ])('of the client %s knows its network %s', async (ip, network) => {
    const email = newAddress('stranger');
    const from = service.api.with({ 'x-forwarded-for': ip, 'x-request-id': 'chosen-by-the-client' });
    expect((await from.post('/auth/login', { email, password: 'none at all' })).status).toBe(404);
    const [event] = await service.query(`SELECT * FROM audit_events WHERE email = '${email}'`);
    expect(event).toMatchObject({ type: 'login-failed', user_id: null, network, request_id: 'chosen-by-the-client' });
  });

  it('is rolled back together with its cause', async () => {
    const { token } = await join(service);
    const { api } = service;
    const before = await countRows(service, 'audit_events');
    const generate = () => api.as({ token }).get('/user/generate-apikey');
    await withoutTables(service, async () => expect((await generate()).status).toBe(500), 'letters');
    expect([await countRows(service, 'audit_events'), await countRows(service, 'api_keys')]).toEqual([before, 0]);
    expect((await generate()).status).toBe(200);
    expect(await countRows(service, 'audit_events')).toBe(before + 1);
  });
});
