import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { InvalidSettingsError } from '../src/config/invalid-settings-error.js';
import { strangeSettings } from '../src/config/load-settings.js';
import { loadServiceSettings, SETTINGS } from '../src/settings.js';
import { startApp } from './support/start-app.js';
import { killProcesses, startProcess } from './support/start-process.js';

/** What DATABASE_URL says behind its ?, and what is wrong with that. */
const WRONG_PARAMETERS: [url: string, fault: string][] = [
  ['mysql://h/db?tls=true', 'have no parameter but ssl, ssl-mode, sslmode, ssl-ca (after its ?)'],
  ['mysql://h/db?SSL=true', 'have no parameter but ssl, ssl-mode, sslmode, ssl-ca (after its ?)'],
  ['mysql://h/db?ssl=true&ssl=true', 'have no parameter twice'],
  ['mysql://h/db?ssl=true&sslmode=require', 'not ask for TLS twice (ssl, sslmode)'],
  ['mysql://h/db?ssl=yes', 'have ssl=0 or 1 or true or false'],
  ['mysql://h/db?ssl-mode=PREFERRED', 'have ssl-mode=disabled or required or verify_ca or verify_identity'],
  ['mysql://h/db?ssl-mode=REQUIRED&ssl-ca=ca.pem', 'check the certificate when it names ssl-ca'],
  ['mysql://h/db?ssl-ca=', 'name a file in ssl-ca'],
  ['mysql://[::1]/db?ssl=true', 'name the host by name, for its certificate to be checked, or have ssl-mode=VERIFY_CA'],
  ['mysql://h/db#x', 'have no # (in a password it is %23)'],
  ['sqlite:data/x.db?mode=ro', 'have no parameters (after ?) with SQLite'],
];

const PRODUCTION = {
  NODE_ENV: 'production',
  SMTP_URL: 'smtp://mail.example.com',
  APP_SECRET: 'x'.repeat(32),
  PUBLIC_URL: 'https://api.example.com',
  MAIL_FROM: 'Talkstack <no-reply@example.com>',
};

function faultsOf(settings: Record<string, string>): string[] {
  try {
    loadServiceSettings(settings);
    return [];
  } catch (error) {
    return (error as InvalidSettingsError).faults;
  }
}

const faultsInProduction = (settings: Record<string, string>) => faultsOf({ ...PRODUCTION, ...settings });

describe('What follows the name of the database', () => {
  it.each(WRONG_PARAMETERS)('stops the start with DATABASE_URL=%s', (DATABASE_URL, fault) => {
    expect(faultsOf({ DATABASE_URL })).toEqual([`DATABASE_URL must ${fault}`]);
  });

  it.each([
    'mysql://10.0.0.1/db?ssl-mode=VERIFY_CA&ssl-ca=/etc/ca.pem',
    'mysql://[::1]/db?ssl-mode=required',
    'mariadb://h/db?sslmode=verify-full',
    'mariadb://h/db?ssl=0',
  ])('is understood: %s', (DATABASE_URL) => {
    expect(faultsOf({ DATABASE_URL })).toEqual([]);
  });
});

describe('A setting that nobody knows', () => {
  it.each([
    ['TRUST_PROXIES', ['TRUST_PROXIES (did you mean TRUST_PROXY?)'], 'x'],
    ['APP_SECRETS', ['APP_SECRETS (did you mean APP_SECRET?)'], 'x'],
    ['log_level', ['log_level (did you mean LOG_LEVEL?)'], 'x'],
    ['port', ['port (did you mean PORT?)'], 'x'],
    ['ACOUNT_DISCLOSURE', ['ACOUNT_DISCLOSURE (did you mean ACCOUNT_DISCLOSURE?)'], 'x'],
    ['SMTP_PORT', ['SMTP_PORT'], '587'],
    ['THROTTLE_LOGINS', ['THROTTLE_LOGINS'], '5'],
    ['TRUST_PROXY', [], 'loopback'],
    ['THROTTLE_LOGINS', [], ' '],
    // Of Docker, Kubernetes, a desktop, a shell.
    ['REDIS_PORT', [], 'tcp://10.0.0.1:6379'],
    ['REDIS_PORT_6379_TCP_ADDR', [], '10.0.0.1'],
    ['MAIL_SERVICE_HOST', [], '10.0.0.1'],
    ['SESSION_MANAGER', [], 'local/x'],
    ['HOSTS', [], 'x'],
    ['MAIL', [], '/var/mail/root'],
  ])('%s is told as %j', (name, told, value) => {
    expect(strangeSettings(SETTINGS, { [name]: value })).toEqual(told);
  });

  it('is named in the log at the start, without its value', async () => {
    const folder = mkdtempSync(joinPath(tmpdir(), 'talkstack-settings-'));
    try {
      const server = await startProcess({ TRUST_PROXIES: 'some value', DATABASE_URL: 'sqlite:x.db' }, folder);
      const line = await server.line(/ignored/);
      expect(JSON.parse(line)).toMatchObject({ level: 40, context: 'Settings' });
      expect(line).toContain('TRUST_PROXIES (did you mean TRUST_PROXY?)');
      expect((await server.stop()).output).not.toContain('some value');
    } finally {
      killProcesses();
      rmSync(folder, { recursive: true });
    }
  });
});

describe('Production', () => {
  it('refuses the secret that was once in the compose file', () => {
    const [fault, ...others] = faultsInProduction({
      APP_SECRET: 'only for trying out, replace me before anybody relies on it',
    });
    expect(fault).toMatch(/^APP_SECRET must be replaced/);
    expect(others).toEqual([]);
  });

  it.each(['PUBLIC_URL', 'RESET_PASSWORD_URL'])('refuses plain http in %s unless ALLOW_HTTP=1', (name) => {
    const settings = { [name]: 'http://talk.example.com' };
    expect(faultsInProduction(settings)).toEqual([expect.stringMatching(`^${name} must begin with https://`)]);
    expect(faultsInProduction({ ...settings, ALLOW_HTTP: '1' })).toEqual([]);
    expect(faultsInProduction({ [name]: 'HTTPS://talk.example.com' })).toEqual([]);
  });

  it('refuses the sender that no mail server takes, also when it is spelt out', () => {
    const faults = faultsInProduction({ MAIL_FROM: 'Talkstack <no-reply@localhost.localdomain>' });
    expect(faults).toEqual(['MAIL_FROM must be set in production']);
  });
});

describe('A request with X-Forwarded-For', () => {
  const warnings = (logs: string[]) => logs.filter((line) => line.includes('TRUST_PROXY is unset'));

  it('makes the service warn once that TRUST_PROXY is unset', async () => {
    const service = await startApp();
    try {
      await service.api.get('/health/live');
      expect(warnings(service.logs)).toEqual([]);
      const proxied = service.api.with({ 'x-forwarded-for': '203.0.113.7' });
      await proxied.get('/health/live');
      await proxied.get('/health/live');
      expect(warnings(service.logs)).toHaveLength(1);
      const behind = await service.another({ TRUST_PROXY: 'loopback' });
      await behind.api.with({ 'x-forwarded-for': '203.0.113.7' }).get('/health/live');
      expect(warnings(behind.logs)).toEqual([]);
    } finally {
      await service.close();
    }
  });
});
