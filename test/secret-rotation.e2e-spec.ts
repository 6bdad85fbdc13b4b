import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { MINUTE_MS } from '../src/common/clock.js';
import { Secrets } from '../src/secrets/secrets.js';
import { makeApiKey, refresh } from './support/credentials.js';
import { join, newAddress, signUp } from './support/people.js';
import { logIn, statusFor } from './support/sessions.js';
import { startApp, TEST_SETTINGS, TestApp } from './support/start-app.js';
import { program, runProcess } from './support/start-process.js';
import { isSqlite } from './support/test-database.js';

const OLD = TEST_SETTINGS.APP_SECRET;
const NEW = 'the next secret that only tests know, of enough characters';
const STRANGE = 'a secret that this database has never heard of before';
/** Both secrets, as an instance has them before and after the one changes places with the other. */
const BEFORE = { APP_SECRET: OLD, APP_SECRET_PREVIOUS: NEW };
const AFTER = { APP_SECRET: NEW, APP_SECRET_PREVIOUS: OLD };

let service: TestApp;
let folder: string;

beforeEach(async () => {
  folder = mkdtempSync(joinPath(tmpdir(), 'talkstack-secret-'));
  service = await startApp(BEFORE);
});
afterEach(async () => {
  await service?.close();
  rmSync(folder, { recursive: true });
});

/** Runs `npm run secrets:drop-unreadable` with no other settings than it needs. */
function dropUnreadable(settings: Record<string, string>) {
  const needed = { NODE_ENV: 'production', DATABASE_URL: service.database.url };
  return runProcess(program('drop-unreadable'), [], { ...needed, ...settings }, folder);
}

/** A start with this secret alone ends with one line that names it. */
async function expectRefused(APP_SECRET: string): Promise<void> {
  const settings = { ...TEST_SETTINGS, DATABASE_URL: service.database.url, APP_SECRET, LOG_LEVEL: 'silent' };
  const { code, output } = await runProcess(program('main'), [], settings, folder);
  expect([code, output]).toEqual([1, expect.stringMatching(/^APP_SECRET is not the secret of this database\.[^\n]*$/)]);
}

describe('A change of APP_SECRET', () => {
  it('keeps sessions, refresh tokens, API keys, codes and reset links usable on instances with either order of the secrets', async () => {
    const ada = await join(service);
    const apiKey = await makeApiKey(service, ada);
    const pending = newAddress();
    await signUp(service, pending);
    const code = await service.mailbox.nextCode(pending);
    // That of the API key.
    await service.mailbox.next(ada.email);
    await service.api.post('/auth/forgot-password', { email: ada.email });
    const resetToken = await service.mailbox.nextResetToken(ada.email);

    const after = await service.another(AFTER);
    for (const instance of [service, after]) {
      expect(await statusFor(instance, ada)).toBe(200);
      expect(await statusFor(instance, { apiKey })).toBe(200);
    }
    const first = await refresh(after, ada.refreshToken);
    expect(first.status).toBe(200);
    const again = await refresh(service, ada.refreshToken);
    expect(again.body.refreshToken).toBe(first.body.refreshToken);
    expect((await refresh(service, first.body.refreshToken)).status).toBe(200);
    expect((await after.api.post('/auth/verify-email', { email: pending, code })).status).toBe(200);
    const reset = { token: resetToken, newPassword: 'a wholly other pass phrase' };
    expect((await after.api.post('/auth/reset-password', reset)).status).toBe(200);
    expect((await logIn(service, { ...ada, password: reset.newPassword })).status).toBe(200);
  });

  it('makes no limit of an address looser while some instances have made the change and others have not', async () => {
    // One that has not even step 1 behind it.
    const behind = await service.another({ APP_SECRET: OLD, APP_SECRET_PREVIOUS: '' });
    const after = await service.another(AFTER);
    const email = newAddress();
    await signUp(service, email);
    const ask = async (instance: TestApp) => (await instance.api.post('/auth/resend-code', { email })).status;
    // One a minute, that of the signup included.
    expect([await ask(after), await ask(behind), await ask(service)]).toEqual([429, 429, 429]);
    for (const [first, ...others] of [
      [behind, after, service],
      [after, service, behind],
      [service, behind, after],
      [behind, service, after],
    ]) {
      service.clock.advance(MINUTE_MS);
      expect(await ask(first)).toBe(200);
      for (const other of others) expect(await ask(other)).toBe(429);
    }
    // Five an hour.
    service.clock.advance(MINUTE_MS);
    expect([await ask(after), await ask(service), await ask(behind)]).toEqual([429, 429, 429]);
  });

  it('counts failed logins under one key on instances with either order of the secrets', async () => {
    const limits = { THROTTLE_FREE_FAILURES: '4', THROTTLE_FIRST_DELAY_SECONDS: '600' };
    const before = await service.another({ ...BEFORE, ...limits });
    const after = await service.another({ ...AFTER, ...limits });
    const keyOf = ({ app }: TestApp) => app.get(Secrets).sharedMac('counter', 'a').toString('hex');
    expect(keyOf(before)).toBe(keyOf(after));
    // On SQLite each process counts for itself.
    if (isSqlite()) return;
    const statuses: number[] = [];
    for (let i = 0; i < 8; i += 1) {
      statuses.push((await logIn([before, after][i % 2], { email: 'a@example.com', password: 'a guess' })).status);
    }
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(2);
  });

  it('is complete when every instance has started with the new secret in front: the old one is no longer needed', async () => {
    const ada = await join(service);
    await service.another(AFTER);
    const alone = await service.another({ APP_SECRET: NEW, APP_SECRET_PREVIOUS: '' });
    expect(await statusFor(alone, ada)).toBe(200);
    await expectRefused(OLD);
  });

  it('seals anew also what an earlier instance sealed after the change', async () => {
    await service.another(AFTER);
    const [{ private_key: sealed }] = await service.query('SELECT private_key FROM signing_keys');
    await service.another(BEFORE);
    const [{ private_key: back }] = await service.query('SELECT private_key FROM signing_keys');
    expect(back).not.toBe(sealed);
    await service.another(AFTER);
    await expect(service.another({ APP_SECRET: NEW, APP_SECRET_PREVIOUS: '' })).resolves.toBeDefined();
  });
});

describe('npm run secrets:drop-unreadable', () => {
  it('drops what the secret does not open, names it, and lets the service start with that secret', async () => {
    await signUp(service, newAddress());
    await expectRefused(STRANGE);
    const { code, output } = await dropUnreadable({ APP_SECRET: STRANGE });
    expect([code, output]).toEqual([
      0,
      expect.stringMatching(/^Dropped 1 signing key: everybody has to log in again\./),
    ]);
    const started = await service.another({ APP_SECRET: STRANGE, APP_SECRET_PREVIOUS: '' });
    expect((await started.api.get('/health/ready')).status).toBe(200);
    await join(started);
  });

  it('drops nothing that the previous secret opens', async () => {
    const { code, output } = await dropUnreadable(AFTER);
    expect([code, output]).toEqual([0, 'Everything opens under APP_SECRET. Nothing was dropped.']);
  });

  it('says in one line which secret it needs', async () => {
    const { code, output } = await dropUnreadable({ APP_SECRET: 'short' });
    expect([code, output]).toEqual([1, expect.stringMatching(/^These settings are wrong: APP_SECRET [^\n]*$/)]);
  });
});
