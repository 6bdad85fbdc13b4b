import { readFileSync } from 'node:fs';
import { InvalidSettingsError } from '../src/config/invalid-settings-error.js';
import { MailServerSettings } from '../src/config/mail-server.settings.js';
import { ProductSettings } from '../src/config/product.settings.js';
import { Settings } from '../src/config/settings.js';
import { readSmtpServer } from '../src/config/smtp-url.js';
import { readDatabaseServer } from '../src/database/database-url.js';
import { DatabaseSettings } from '../src/database/database.settings.js';
import { AddressSettings } from '../src/http/address.settings.js';
import { LlmSettings } from '../src/llm/llm.settings.js';
import { loadServiceSettings } from '../src/settings.js';
import { DeepgramSettings } from '../src/speech/recognition/deepgram.settings.js';
import { RecognitionSettings } from '../src/speech/recognition/recognition.settings.js';
import { ElevenLabsSettings } from '../src/speech/synthesis/eleven-labs.settings.js';
import { SynthesisSettings } from '../src/speech/synthesis/synthesis.settings.js';
import { TwilioSettings } from '../src/telephony/twilio/twilio.settings.js';
import { RedisSettings } from '../src/throttling/redis.settings.js';

/** What a setting came to: where its client connects to, or for web addresses the URL. */
interface Place {
  host: string;
  port?: string;
  user?: string;
  password?: string;
}

interface UrlSetting {
  scheme: string;
  path?: string;
  /** Settings that it needs beside itself. */
  beside?: Record<string, string>;
  read(settings: Settings): Place;
}

const ofServer = (
  { host, port }: { host: string; port?: number },
  user: string | undefined,
  password: string | undefined,
): Place => ({ host, port: port === undefined ? undefined : String(port), user, password });

const ofWeb = (text = ''): Place => ({ host: new URL(text).hostname, port: new URL(text).port });

const SERVERS: Record<string, UrlSetting> = {
  SMTP_URL: {
    scheme: 'smtp',
    read: (settings) => {
      const server = readSmtpServer(String(settings.get(MailServerSettings).SMTP_URL));
      return ofServer(server, server.auth?.user, server.auth?.pass);
    },
  },
  REDIS_URL: {
    scheme: 'rediss',
    path: '/1',
    read: (settings) => {
      const server = settings.get(RedisSettings).redisServer!;
      return ofServer(server, server.username, server.password);
    },
  },
  DATABASE_URL: {
    scheme: 'mariadb',
    path: '/db',
    read: (settings) => {
      const server = readDatabaseServer(new URL(settings.get(DatabaseSettings).DATABASE_URL));
      return ofServer(server, server.user, server.password);
    },
  },
};

const WEB: Record<string, UrlSetting> = {
  PUBLIC_URL: { scheme: 'https', read: (settings) => ofWeb(settings.get(AddressSettings).publicUrl) },
  RESET_PASSWORD_URL: { scheme: 'https', read: (settings) => ofWeb(settings.get(AddressSettings).RESET_PASSWORD_URL) },
  SIGN_IN_URL: { scheme: 'https', read: (settings) => ofWeb(settings.get(ProductSettings).SIGN_IN_URL) },
  LLM_URL: {
    scheme: 'http',
    path: '/v1',
    beside: { LLM_MODEL: 'm' },
    read: (settings) => ofWeb(settings.get(LlmSettings).LLM_URL),
  },
  LLM_FALLBACK_URL: {
    scheme: 'http',
    path: '/v1',
    beside: { LLM_URL: 'http://localhost/v1', LLM_MODEL: 'm', LLM_FALLBACK_MODEL: 'n' },
    read: (settings) => ofWeb(settings.get(LlmSettings).LLM_FALLBACK_URL),
  },
  STT_URL: {
    scheme: 'http',
    path: '/v1',
    beside: { STT_MODEL: 'm' },
    read: (settings) => ofWeb(settings.get(RecognitionSettings).STT_URL),
  },
  DEEPGRAM_URL: { scheme: 'https', read: (settings) => ofWeb(settings.get(DeepgramSettings).DEEPGRAM_URL) },
  TTS_URL: {
    scheme: 'http',
    path: '/v1',
    beside: { TTS_MODEL: 'm' },
    read: (settings) => ofWeb(settings.get(SynthesisSettings).TTS_URL),
  },
  TWILIO_API_URL: { scheme: 'https', read: (settings) => ofWeb(settings.get(TwilioSettings).TWILIO_API_URL) },
  ELEVENLABS_URL: { scheme: 'https', read: (settings) => ofWeb(settings.get(ElevenLabsSettings).ELEVENLABS_URL) },
};
const ALL = { ...SERVERS, ...WEB };

/** Every form of host, and how clients are told of it. */
const HOSTS: [written: string, host: string][] = [
  ['mail.example.com', 'mail.example.com'],
  ['redis_1', 'redis_1'],
  ['localhost', 'localhost'],
  ['LocalHost', 'localhost'],
  ['HOST.Example.COM', 'host.example.com'],
  ['host.example.com.', 'host.example.com'],
  ['10.1.2.3', '10.1.2.3'],
  ['[::1]', '::1'],
  ['[2001:DB8:0:0::7]', '2001:db8::7'],
  ['bücher.example', 'xn--bcher-kva.example'],
  ['b%C3%BCcher.example', 'xn--bcher-kva.example'],
  ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
];

/** Hosts that are none, for every setting. */
const NO_HOSTS = [
  '',
  'two words',
  'a%20b',
  '256.1.1.1',
  '[::1',
  '[:::1]',
  'host:port',
  'host:65536',
  'host:0',
  'a%2Fb',
  'a%ZZb',
];

const urlOf = ({ scheme, path = '' }: UrlSetting, authority: string) => `${scheme}://${authority}${path}`;

function load(name: string, value: string): Settings {
  return loadServiceSettings({ ...ALL[name].beside, [name]: value });
}

function faultsOf(name: string, value: string): string[] {
  try {
    load(name, value);
    return [];
  } catch (error) {
    return (error as InvalidSettingsError).faults;
  }
}

const names = (table: Record<string, UrlSetting>) => Object.keys(table);

describe('URL settings', () => {
  it('are all in this file', () => {
    const documented = readFileSync('.env.example', 'utf8').matchAll(/^#? ?(\w+_URL)=/gm);
    // A folder or a bucket, which is no host; calls/recordings-s3 is about it.
    const hosts = [...documented].map(([, name]) => name).filter((name) => name !== 'RECORDINGS_URL');
    expect(names(ALL).sort()).toEqual(hosts.sort());
  });

  it.each(names(ALL))('%s takes every form of host, with and without a port', (name) => {
    const setting = ALL[name];
    for (const [written, host] of HOSTS) {
      const bare = host.replace(/^\[(.*)\]$/, '$1');
      for (const port of ['', '4321']) {
        const place = setting.read(load(name, urlOf(setting, written + (port && `:${port}`))));
        expect([written, place.host.replace(/^\[(.*)\]$/, '$1')]).toEqual([written, bare]);
        if (port !== '') expect([written, place.port]).toEqual([written, port]);
      }
    }
    expect(faultsOf(name, urlOf(setting, 'localhost').replace(setting.scheme, setting.scheme.toUpperCase()))).toEqual(
      [],
    );
  });

  it.each(names(ALL))('%s refuses what is no host or port', (name) => {
    for (const host of NO_HOSTS) {
      expect([host, faultsOf(name, urlOf(ALL[name], host))]).toEqual([
        host,
        [expect.stringMatching(`^${name} must be `)],
      ]);
    }
    for (const wrong of [
      `gopher://host${ALL[name].path ?? ''}`,
      `${ALL[name].scheme}:host/x`,
      `${ALL[name].scheme}://ho\tst/x`,
    ]) {
      expect(faultsOf(name, wrong)).toHaveLength(1);
    }
  });

  it.each(names(ALL))('%s says that an IPv6 address has no zone', (name) => {
    for (const host of ['[fe80::1%eth0]', '[fe80::1%25eth0]:25']) {
      expect(faultsOf(name, urlOf(ALL[name], host))).toEqual([
        `${name} must be given without the zone (%eth0, say) of its IPv6 address`,
      ]);
    }
  });

  it.each(names(SERVERS))('%s takes a user and a password with every character, percent-encoded', (name) => {
    const setting = SERVERS[name];
    for (const text of ['plain', 'a:b', 'ada@example.com', '100%', 'ü', 'a/b?c#d[e]', ' +&=', '007', '\'"\\']) {
      const [user, password] = [`u${text}`, text];
      const authority = `${encodeURIComponent(user)}:${encodeURIComponent(password)}@h`;
      expect(setting.read(load(name, urlOf(setting, authority)))).toMatchObject({ host: 'h', user, password });
    }
    expect(setting.read(load(name, urlOf(setting, ':secret@h')))).toMatchObject({ host: 'h', password: 'secret' });
    const [fault] = faultsOf(name, urlOf(setting, 'me:100%@h'));
    expect(fault).toBe(`${name} must be written with %25 for a % in its user or password`);
  });

  it.each(names(WEB))('%s takes no user: it is shown to people, or its key is a setting of its own', (name) => {
    for (const authority of ['me@h', 'me:secret@h', ':secret@h']) {
      const [fault, ...others] = faultsOf(name, urlOf(WEB[name], authority));
      expect(fault).toMatch(/^\w+ must be an .* with no user/);
      expect(fault).not.toContain('secret');
      expect(others).toEqual([]);
    }
  });

  it('are read in one spelling: no default port, no capitals, no slash at the end of a base', () => {
    const base = (name: string) => load(name, 'HTTPS://API.Example.com.:443/Base/');
    expect(base('PUBLIC_URL').get(AddressSettings).publicUrl).toBe('https://api.example.com/Base');
    expect(base('TWILIO_API_URL').get(TwilioSettings).TWILIO_API_URL).toBe('https://api.example.com/Base');
    expect(base('ELEVENLABS_URL').get(ElevenLabsSettings).ELEVENLABS_URL).toBe('https://api.example.com/Base');
    expect(base('LLM_URL').get(LlmSettings).LLM_URL).toBe('https://api.example.com/Base');
    expect(base('SIGN_IN_URL').get(ProductSettings).SIGN_IN_URL).toBe('https://api.example.com/Base/');
  });

  it('send a key by plain http to this machine alone, however it is spelt', () => {
    for (const host of ['localhost', 'LOCALHOST.', '127.0.0.1', '[::1]', '[::ffff:127.0.0.1]']) {
      expect([host, faultsOf('TWILIO_API_URL', `http://${host}:4010`)]).toEqual([host, []]);
      expect([host, faultsOf('ELEVENLABS_URL', `http://${host}`)]).toEqual([host, []]);
    }
    expect(faultsOf('TWILIO_API_URL', 'http://localhost.example.com')).toHaveLength(1);
  });
});

describe('REDIS_URL', () => {
  it('names a database, and has no parameters', () => {
    const db = (url: string) => load('REDIS_URL', url).get(RedisSettings).redisServer;
    expect(db('redis://h')).toEqual({ host: 'h', port: 6379, username: undefined, password: undefined, db: 0 });
    expect(db('rediss://h:1/12')).toMatchObject({ port: 1, db: 12, tls: {} });
    for (const wrong of ['redis://h/name', 'redis://h/1/2', 'redis://h?db=1', 'redis://h?']) {
      expect(faultsOf('REDIS_URL', wrong)).toEqual([expect.stringMatching(/^REDIS_URL must be redis:/)]);
    }
  });
});
