import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { AdministrationAction, AdministrationService } from '../src/auth/administration.service.js';
import { makeApiKey } from './support/credentials.js';
import { join, newAddress, Person, signUp } from './support/people.js';
import { expectOver, logIn, openSession, statusFor } from './support/sessions.js';
import { startApp, TEST_SETTINGS, TestApp } from './support/start-app.js';
import { program, runProcess } from './support/start-process.js';
import { tablesWith } from './support/tables.js';
import { isSqlite } from './support/test-database.js';

/** After this time no instance goes by what it remembered of a session or key. */
const REMEMBERED_MS = 10_000;

let service: TestApp;
/** Another instance, in which the actions run as they do in the command, without a start of a process for each. */
let beside: TestApp;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(joinPath(tmpdir(), 'talkstack-users-'));
  service = await startApp({ THROTTLE_FREE_FAILURES: '3', THROTTLE_FIRST_DELAY_SECONDS: '600' });
  beside = await service.another();
});
afterAll(async () => {
  await service?.close();
  rmSync(folder, { recursive: true });
});

/** Runs the command as `npm run users` does, beside the running instance, with no other settings than it needs. */
function users(args: string[], settings: Record<string, string> = {}) {
  const needed = { DATABASE_URL: service.database.url, APP_SECRET: TEST_SETTINGS.APP_SECRET };
  return runProcess(program('users'), args, { NODE_ENV: 'production', ...needed, ...settings }, folder);
}

function done(action: AdministrationAction, email: string): Promise<any> {
  return beside.app.get(AdministrationService).act(action, email);
}

/** What the command prints as JSON. */
async function printed(action: string, email: string): Promise<any> {
  const { code, output } = await users([action, '--email', email, '--json']);
  if (code !== 0) throw new Error(output);
  return JSON.parse(output);
}

async function eventsOf(email: string): Promise<string[]> {
  const rows = await service.query(`SELECT type FROM audit_events WHERE email = '${email}' ORDER BY id`);
  return rows.map(({ type }) => type).filter((type) => type.startsWith('admin-'));
}

const wrong = (person: Person) => ({ ...person, password: 'not the right password' });

describe('The users command', () => {
  it('locks an account beside a running instance: its sessions and its key end within ten seconds, and unlock brings it back', async () => {
    const ada = await join(service);
    const apiKey = await makeApiKey(service, ada);
    expect([await statusFor(service, ada), await statusFor(service, { apiKey })]).toEqual([200, 200]);
    expect(await printed('lock', ada.email)).toMatchObject({ sessions_ended: 1 });
    service.clock.advance(REMEMBERED_MS);
    await expectOver(service, ada);
    expect(await statusFor(service, { apiKey })).toBe(401);
    expect(await logIn(service, ada)).toMatchObject({ status: 401, body: { code: 'ACCOUNT_LOCKED', loginStatus: 8 } });
    expect(await logIn(service, wrong(ada))).toMatchObject({ status: 401, body: { code: 'INVALID_PASSWORD' } });
    await done('unlock', ada.email);
    service.clock.advance(REMEMBERED_MS);
    expect((await logIn(service, ada)).status).toBe(200);
    expect(await statusFor(service, { apiKey })).toBe(200);
    expect(await eventsOf(ada.email)).toEqual(['admin-locked', 'admin-unlocked']);
  });

  it('ends the sessions of one account and then its API key, and leaves those of others', async () => {
    const [ada, bob] = [await join(service), await join(service)];
    const apiKey = await makeApiKey(service, ada);
    const session = await openSession(service, ada);
    expect(await done('log-out', ada.email)).toMatchObject({ sessions_ended: 2 });
    service.clock.advance(REMEMBERED_MS);
    await expectOver(service, session);
    expect(await statusFor(service, { apiKey })).toBe(200);
    await done('end-key', ada.email);
    service.clock.advance(REMEMBERED_MS);
    expect(await statusFor(service, { apiKey })).toBe(401);
    expect(await statusFor(service, bob)).toBe(200);
    expect(await eventsOf(ada.email)).toEqual(['admin-logged-out', 'admin-ended-key']);
  });

  it('verifies a signup, whose own session then works, but not one of two with different passwords', async () => {
    const email = newAddress();
    const { body } = await signUp(service, email);
    expect(await statusFor(service, body)).toBe(401);
    await done('verify', email);
    expect(await statusFor(service, body)).toBe(200);
    await expect(done('verify', email)).rejects.toThrow('verified already');
    expect(await eventsOf(email)).toEqual(['admin-verified']);

    const contested = newAddress();
    await signUp(service, contested);
    await signUp(service, contested, 'the password of a stranger');
    await expect(done('verify', contested)).rejects.toThrow('forgot-password');
    expect((await service.query(`SELECT id FROM users WHERE email = '${contested}'`)).length).toBe(0);
  });

  it('sends a code once more through the running instance, whatever was sent before', async () => {
    const email = newAddress();
    await signUp(service, email);
    const old = await service.mailbox.nextCode(email);
    await printed('resend', email);
    const code = await service.mailbox.nextCode(email);
    const verify = async (tried: string) =>
      (await service.api.post('/auth/verify-email', { email, code: tried })).status;
    if (old !== code) expect(await verify(old)).toBe(400);
    expect(await verify(code)).toBe(200);
  });

  it('forgets failed logins, so that the owner need not wait for their end', async () => {
    const ada = await join(service);
    const stranger = newAddress();
    for (let i = 0; i < 12; i += 1) {
      await logIn(service, wrong(ada));
      await logIn(service, { email: stranger, password: 'guess' });
    }
    expect([(await logIn(service, ada)).status, (await logIn(service, wrong(ada))).status]).toEqual([429, 429]);
    await done('unthrottle', ada.email);
    service.clock.advance(REMEMBERED_MS);
    expect((await logIn(service, ada)).status).toBe(200);
    expect((await logIn(service, { email: stranger, password: 'guess' })).status).toBe(429);
  });

  it('forgets the messages that were asked for, for a mailbox with any plus part', async () => {
    const limited = await service.another({ THROTTLE_LETTERS_PER_MAILBOX: '2' });
    const email = `mailbox+work.${newAddress()}`;
    const ask = async () => (await limited.api.post('/auth/forgot-password', { email })).status;
    expect([await ask(), await ask(), await ask()]).toEqual([200, 200, 429]);
    await done('unthrottle', email);
    service.clock.advance(REMEMBERED_MS);
    expect(await ask()).toBe(200);
  });

  it('deletes an account with all its data', async () => {
    const ada = await join(service);
    const { id } = await done('delete', ada.email);
    expect(await tablesWith(service, ada.email)).toEqual([]);
    expect(await tablesWith(service, id)).toEqual(['audit_events']);
    service.clock.advance(REMEMBERED_MS);
    expect(await statusFor(service, ada)).toBe(401);
  });

  it('shows an account without any secret, in lines or as JSON, and notes that it did', async () => {
    const ada = await join(service);
    const apiKey = await makeApiKey(service, ada);
    const shown = await printed('show', ` ${ada.email.toUpperCase()}`);
    expect(shown).toMatchObject({
      email: ada.email,
      account: { name: 'Ada', locked_at: null },
      sessions: [{ network: '127.0.0.0/24' }],
      api_keys: [{ prefix: apiKey.slice(0, 8) }],
    });
    const { output } = await users(['show', '--email', ada.email]);
    expect(output.split('\n')).toEqual(expect.arrayContaining(['The account is open.', `email: ${ada.email}`]));
    expect(JSON.stringify(shown) + output).not.toMatch(/argon2|[0-9a-f]{64}/);
    expect(await eventsOf(ada.email)).toEqual(['admin-showed', 'admin-showed']);
    expect(await done('show', 'nobody@example.com')).toMatchObject({ account: null, signups: [] });
  });

  it('names a misspelt setting in one line, without its value, and runs on', async () => {
    const misspelt = { TRUST_PROXIES: 'some value', APP_SECRETS: 'some value' };
    const { code, output } = await users(['show', '--email', 'nobody@example.com'], misspelt);
    const [line, ...more] = output.split('\n');
    expect(line).toBe(
      'No settings of the service, and ignored: TRUST_PROXIES (did you mean TRUST_PROXY?), APP_SECRETS (did you mean APP_SECRET?)',
    );
    expect([code, more.join()]).toEqual([0, expect.stringContaining('Nobody has this address')]);
    expect(output).not.toContain('some value');
  });

  // What is judged before the database is opened is judged once.
  const refusals: [string[], Record<string, string>, string][] = [
    [['shoot', '--email', 'ada@example.com'], {}, 'Name one action: show, verify, '],
    [['lock', '--email', 'ada'], {}, '--email takes an address'],
    [['lock', '--email', 'nobody@example.com'], {}, 'the address nobody@example.com is unknown'],
    [['lock', '--email', 'ada@example.com'], { APP_SECRET: '' }, 'Set APP_SECRET'],
    [['lock', '--email', 'ada@example.com'], { DATABASE_URL: '' }, 'There is no database at '],
  ];
  it.each(isSqlite() ? refusals : refusals.slice(0, 1))(
    'says in one line why it does not do %j with %j, and leaves no file',
    async (args, settings, reason) => {
      const { code, output } = await users(args, settings);
      const [why, ...more] = output.split('\n');
      expect(code).toBe(1);
      expect(why).toContain(reason);
      expect(more.filter((line) => !line.startsWith('Usage: '))).toEqual([]);
      expect(readdirSync(folder)).toEqual([]);
    },
  );
});
