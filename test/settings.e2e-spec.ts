import { join as joinPath } from 'node:path';
import { InvalidSettingsError } from '../src/config/invalid-settings-error.js';
import { DatabaseSettings } from '../src/database/database.settings.js';
import { AddressSettings } from '../src/http/address.settings.js';
import { loadServiceSettings } from '../src/settings.js';
import { Settings } from './support/start-app.js';

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
    '::ffff:0.0.0.0/96',
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

  it.each(each(RIGHT))('take the value %s=%s', (name, value) => {
    expect(faultsOf({ [name]: value })).toEqual([]);
  });

  it('report all faults at once', () => {
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

  it('listen on the loopback address, but in production on all addresses', () => {
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
});
