import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { InvalidSettingsError } from '../src/config/load-settings.js';
import { DatabaseSettings } from '../src/database/database.settings.js';
import { AddressSettings } from '../src/http/address.settings.js';
import { loadServiceSettings } from '../src/settings.js';
import { atOnce } from './support/credentials.js';
import { Settings } from './support/start-app.js';
import { built, runProcess } from './support/start-process.js';

const PRODUCTION = {
  NODE_ENV: 'production',
  SMTP_URL: 'smtp://mail.example.com',
  APP_SECRET: 'x'.repeat(32),
  PUBLIC_URL: 'https://api.example.com',
  MAIL_FROM: 'Talkstack <no-reply@example.com>',
};

function faultsOf(settings: Settings): string[] {
  try {
    loadServiceSettings(settings);
    return [];
  } catch (error) {
    return (error as InvalidSettingsError).faults;
  }
}

/** Values that are refused, each under its variable. */
const WRONG: Record<string, string[]> = {
  NODE_ENV: ['staging', 'Production'],
  PORT: ['-1', '65536', '80.5', '0x50', 'http', '1e3'],
  HOST: ['two words', 'http://localhost'],
  DATABASE_URL: [
    'data.db',
    'sqlite:',
    'sqlite::memory:',
    'sqlite://data.db',
    'mysql://host',
    'mariadb://host/',
    'postgres://h/db',
  ],
  DATABASE_POOL_SIZE: ['1', '501'],
  SMTP_URL: ['mail.example.com:25', 'smtp://', 'http://mail.example.com', 'smtp://me:100%@mail.example.com'],
  MAIL_FROM: ['nobody', 'Ada <nowhere>', 'a@example.com, b@example.com'],
  PUBLIC_URL: [
    'api.example.com',
    'ftp://api.example.com',
    'https://api.example.com/#x',
    'https://api.example.com/?x=y',
  ],
  RESET_PASSWORD_URL: ['/reset', 'https://example.com/reset#token='],
  APP_SECRET: ['only 31 characters, one too few'],
  ACCOUNT_DISCLOSURE: ['none'],
  TRUST_PROXY: [
    'true',
    '0',
    '100',
    '10.0.0.0/33',
    '10.0.0.0/0',
    '10.0.0.256',
    '10.0.0.0/8/8',
    'fe80::1%eth0',
    '::/129',
    'a,b',
  ],
  WEBHOOK_ALLOWED_HOSTS: [
    'http://receiver',
    'receiver:8080',
    'me@receiver',
    'a, b c',
    'receiver/x',
    '127.0.0.256',
    ':::1',
  ],
  PASSWORD_MIN_LENGTH: ['7', '65'],
  ARGON2_MEMORY_KIB: ['7'],
  API_DOCS: ['yes'],
  HASH_CONCURRENCY: ['0', '1001', 'all'],
  HSTS: ['yes', '-1', '31536000; preload'],
  LOG_LEVEL: ['loud'],
  REDIS_URL: ['localhost:6379', 'http://localhost'],
  ELEVENLABS_API_KEY: ['a key', 'clé', 'line\nbreak'],
  ELEVENLABS_URL: [
    'api.elevenlabs.io',
    'http://api.elevenlabs.io',
    'http://localhost.example.com',
    'https://me@api.elevenlabs.io',
    'https://api.elevenlabs.io/?x=y',
    'ftp://api.elevenlabs.io',
  ],
  TWILIO_API_URL: [
    'api.twilio.com',
    'http://api.twilio.com',
    'http://localhost.example.com',
    'https://me@api.twilio.com',
    'https://api.twilio.com/?x=y',
    'ftp://localhost',
  ],
  TWILIO_TIMEOUT_MS: ['99', '60001'],
};

const RIGHT: Record<string, string[]> = {
  PORT: ['0', '65535', ' 3000 '],
  HOST: ['0.0.0.0', '::', 'api.internal'],
  DATABASE_URL: [
    'sqlite:x.db',
    'sqlite:/srv/x.db',
    'sqlite:///srv/x.db',
    'mysql://u:p%25@h:3307/db',
    'mariadb://h/db?ssl=true',
  ],
  SMTP_URL: ['smtp://me%40example.com:p%25@mail.example.com:587', 'smtps://mail.example.com'],
  MAIL_FROM: ['a@example.com', 'Ada <a@example.com>', '"Ada, Countess" <a@localhost>'],
  PUBLIC_URL: ['http://localhost:3000', 'https://example.com/talk/'],
  WEBHOOK_ALLOWED_HOSTS: ['receiver', 'hooks.internal, 10.0.0.1', '::1', '[::1],bücher.example'],
  ELEVENLABS_URL: [
    'https://api.example.com/base/',
    'http://localhost:4000',
    'http://127.0.0.1:4000',
    'http://[::1]:4000',
  ],
  TWILIO_API_URL: ['https://api.dublin.ie1.twilio.com', 'http://localhost:4010', 'http://[::1]:4010/twilio'],
  TRUST_PROXY: ['loopback', '1', '99', '10.0.0.1', '10.0.0.0/8, 2001:db8::/32'],
};

const each = (table: Record<string, string[]>) =>
  Object.entries(table).flatMap(([name, values]) => values.map((value): [string, string] => [name, value]));

describe('Settings', () => {
  it.each(each(WRONG))('refuse %s=%s, and do not repeat the value', (name, value) => {
    const [fault, ...others] = faultsOf({ [name]: value });
    expect(others).toEqual([]);
    expect(fault).toMatch(new RegExp(`^${name} must be `));
    if (value.length > 7) expect(fault).not.toContain(value);
  });

  it.each(each(RIGHT))('take %s=%s', (name, value) => {
    expect(faultsOf({ [name]: value })).toEqual([]);
  });

  it('tell every fault at once', () => {
    const wrong = Object.entries(WRONG).map(([name, [value]]) => [name, value]);
    const faults = faultsOf(Object.fromEntries(wrong));
    expect(faults.map((fault) => fault.split(' ')[0]).sort()).toEqual(Object.keys(WRONG).sort());
  });

  it('count as unset when they are blank', () => {
    const blank = Object.fromEntries(Object.keys(WRONG).map((name) => [name, '  ']));
    expect(loadServiceSettings(blank)).toEqual(loadServiceSettings({}));
  });

  it('must in production name the mail server, the sender, the secret and the public address', () => {
    expect(faultsOf(PRODUCTION)).toEqual([]);
    expect(faultsOf({ NODE_ENV: 'production' })).toEqual([
      'PUBLIC_URL must be set in production',
      'APP_SECRET must be set in production',
      'SMTP_URL must be set in production',
      'MAIL_FROM must be set in production',
    ]);
    expect(faultsOf({ ...PRODUCTION, ARGON2_MEMORY_KIB: '7000' })).toHaveLength(1);
    expect(faultsOf({ SESSION_IDLE_DAYS: '30', SESSION_MAX_DAYS: '29' })).toHaveLength(1);
  });

  it('have both halves of an account at Twilio, or neither', () => {
    const [TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN] = [`AC${'0aF'.repeat(10)}00`, '0123456789abcdef'.repeat(2)];
    expect(faultsOf({ TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN })).toEqual([]);
    const together = ['TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN must be set together'];
    expect(faultsOf({ TWILIO_ACCOUNT_SID })).toEqual(together);
    expect(faultsOf({ TWILIO_AUTH_TOKEN, TWILIO_ACCOUNT_SID: ' ' })).toEqual(together);
    for (const wrong of [TWILIO_ACCOUNT_SID.slice(1), `SK${TWILIO_ACCOUNT_SID.slice(2)}`, `${TWILIO_ACCOUNT_SID}0`]) {
      expect(faultsOf({ TWILIO_ACCOUNT_SID: wrong, TWILIO_AUTH_TOKEN })).toEqual([
        'TWILIO_ACCOUNT_SID must be AC and 32 hex digits',
      ]);
    }
    for (const wrong of ['short', 'with blanks between 16']) {
      expect(faultsOf({ TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN: wrong })).toEqual([
        'TWILIO_AUTH_TOKEN must be at least 16 characters without blanks',
      ]);
    }
  });

  it('listen to this machine alone, but in production to all', () => {
    expect(loadServiceSettings({}).get(AddressSettings).host).toBe('127.0.0.1');
    expect(loadServiceSettings(PRODUCTION).get(AddressSettings).host).toBe('0.0.0.0');
    expect(loadServiceSettings({ ...PRODUCTION, HOST: '10.0.0.1' }).get(AddressSettings).host).toBe('10.0.0.1');
  });

  it('take the SQLite file from the working folder, or from where it is said to be', () => {
    const fileOf = (url: string) => loadServiceSettings({ DATABASE_URL: url }).get(DatabaseSettings).sqliteFile;
    expect(fileOf('sqlite:data/x.db')).toBe(joinPath(process.cwd(), 'data/x.db'));
    expect(fileOf('sqlite:/srv/x.db')).toBe('/srv/x.db');
    expect(fileOf('sqlite:///srv/x.db')).toBe('/srv/x.db');
    expect(fileOf('mysql://h/db')).toBeUndefined();
  });

  describe('of a process', () => {
    let folder: string;
    beforeEach(() => (folder = mkdtempSync(joinPath(tmpdir(), 'talkstack-settings-'))));
    afterEach(() => rmSync(folder, { recursive: true }));

    /** What an expression gives in a process of the build, in the scratch folder. */
    const evaluate = async (expression: string, settings: Settings = {}): Promise<any> => {
      const code = `import { readDotEnv } from '${built('src/config/load-settings.js')}';
        import { appSecret } from '${built('src/secrets/app-secret.js')}';
        import { SecretsSettings } from '${built('src/secrets/secrets.settings.js')}';
        import { DatabaseSettings } from '${built('src/database/database.settings.js')}';
        import { loadServiceSettings } from '${built('src/settings.js')}';
        const secret = (all) => appSecret(all.get(SecretsSettings), all.get(DatabaseSettings));
        process.stdout.write(JSON.stringify(${expression}));`;
      const { output } = await runProcess('--input-type=module', ['-e', code], settings, folder);
      return JSON.parse(output);
    };

    it('come from .env in development only, where they override nothing', async () => {
      writeFileSync(joinPath(folder, '.env'), 'PORT=4001\nLOG_LEVEL=warn\nHOST="10.0.0.1" # a comment\n');
      const read = (settings: Settings) =>
        evaluate('(readDotEnv(), Object.assign({}, ...loadServiceSettings().all))', settings);
      const [development, test, production] = await Promise.all([
        read({ LOG_LEVEL: 'error', HOST: '' }),
        read({ NODE_ENV: 'test' }),
        read(PRODUCTION),
      ]);
      expect(development).toMatchObject({ PORT: 4001, LOG_LEVEL: 'error', HOST: '10.0.0.1' });
      expect(test).toMatchObject({ PORT: 3000, LOG_LEVEL: 'info' });
      expect(production).toMatchObject({ PORT: 3000, LOG_LEVEL: 'info' });
    });

    it('have an APP_SECRET that is made once, beside the database, for its owner’s eyes only', async () => {
      const settings = { DATABASE_URL: 'sqlite:data/x.db' };
      const secrets = await atOnce(10, () => evaluate('secret(loadServiceSettings())', settings));
      expect(secrets[0]).toMatch(/^[\w-]{64}$/);
      expect(new Set([...secrets, await evaluate('secret(loadServiceSettings())', settings)]).size).toBe(1);
      expect(readdirSync(joinPath(folder, 'data'))).toEqual(['app-secret']);
      expect(statSync(joinPath(folder, 'data/app-secret')).mode & 0o777).toBe(0o600);
      expect(statSync(joinPath(folder, 'data')).mode & 0o777).toBe(0o700);
    });

    it('make no secret where APP_SECRET is given', async () => {
      expect(await evaluate('secret(loadServiceSettings())', PRODUCTION)).toBe(PRODUCTION.APP_SECRET);
      expect(readdirSync(folder)).toEqual([]);
    });
  });
});
