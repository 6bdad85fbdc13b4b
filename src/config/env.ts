import { isAbsolute, resolve } from 'node:path';
import { IsIn, IsOptional, MinLength } from 'class-validator';
import { faultOfDatabaseUrl } from './database-url.js';
import { hostOf, isAddressOrRange, isDatabaseUrl, isSafeUrl, isUrl, Satisfies, Whole, Without } from './env-rules.js';
import { parseMailbox } from './mailbox.js';
import { OperationSettings } from './operation-settings.js';

const DAY_SECONDS = 24 * 60 * 60;
/** No mail server takes it to other machines. */
export const LOCAL_SENDER = 'Talkstack <no-reply@localhost.localdomain>';

/** Every setting of the service. A blank variable counts as unset. */
export class Env extends OperationSettings {
  /** `production` requires SMTP_URL, MAIL_FROM, APP_SECRET and an https PUBLIC_URL, and has no development mailbox. */
  @IsIn(['development', 'test', 'production'])
  NODE_ENV: 'development' | 'test' | 'production' = 'development';

  /** TCP port to listen on; 0 takes a free one. */
  @Whole(0, 65535)
  PORT: number = 3000;

  /** When told to stop, an instance serves on for so long while /health/ready is 503, for load balancers to turn away first; seconds. */
  @Whole(0, 300)
  SHUTDOWN_DELAY_SECONDS: number = 0;

  /** Address to listen on. Default: 127.0.0.1, in production 0.0.0.0. */
  @IsOptional()
  @Satisfies((value: string) => /^[\w.:-]+$/.test(value), 'an address or a host name')
  HOST?: string;

  /** `sqlite:` and a path, or `mysql://` / `mariadb://user:password@host:port/database`; TLS by parameters, see below. */
  @Without((value) => (isDatabaseUrl(value) ? faultOfDatabaseUrl(value) : undefined))
  @Satisfies(isDatabaseUrl, 'sqlite:PATH, mysql://USER:PASSWORD@HOST:PORT/DATABASE or the same with mariadb://')
  DATABASE_URL: string = 'sqlite:data/talkstack.db';

  /** `on` lets several processes use one SQLite file; each then counts tries for itself. */
  @IsIn(['on', 'off'])
  SQLITE_SHARED: 'on' | 'off' = 'off';

  /** Connections that one instance keeps to MariaDB/MySQL. */
  @Whole(2, 500)
  DATABASE_POOL_SIZE: number = 10;

  /** How long a statement, or the wait for a free connection, may take on MariaDB/MySQL; then the answer is 503. Milliseconds. */
  @Whole(100, 600_000)
  DATABASE_TIMEOUT_MS: number = 10_000;

  /** Mail server: `smtp://user:password@host:587` or `smtps://…:465`. Unset outside production: the development mailbox. */
  @IsOptional()
  @Satisfies((value: string) => isUrl(value, ['smtp:', 'smtps:']), 'smtp://HOST:PORT or smtps://HOST:PORT')
  SMTP_URL?: string;

  /** Sender of every letter. */
  @Satisfies((value: string) => parseMailbox(value) !== null, 'an address, or NAME <ADDRESS>')
  MAIL_FROM: string = LOCAL_SENDER;

  /** Where people reach the service: base of the links in letters, and the tokens' issuer. Default: http://localhost:PORT. */
  @IsOptional()
  @Satisfies(
    (value: string) => isUrl(value, ['http:', 'https:']) && !/[?#]/.test(value),
    'an http:// or https:// URL with no ? or #',
  )
  PUBLIC_URL?: string;

  /** `1` lets production have a PUBLIC_URL and a RESET_PASSWORD_URL with http://, on which anybody between reads along. */
  @IsIn(['0', '1'])
  ALLOW_HTTP: '0' | '1' = '0';

  /** Your own page for new passwords in place of the built-in one; `#token=…` is appended. */
  @IsOptional()
  @Satisfies(
    (value: string) => isUrl(value, ['http:', 'https:']) && !value.includes('#'),
    'an http:// or https:// URL with no #',
  )
  RESET_PASSWORD_URL?: string;

  /** Secret from which all keys derive, at least 32 characters. In development made once and kept beside the database. */
  @IsOptional()
  @MinLength(32)
  APP_SECRET?: string;

  /** `hidden` never tells whether an address has an account (OWASP Authentication Cheat Sheet). */
  @IsIn(['documented', 'hidden'])
  ACCOUNT_DISCLOSURE: 'documented' | 'hidden' = 'documented';

  /** Proxies whose X-Forwarded-For is believed: `loopback`, a number of hops, or addresses and ranges with commas. */
  @IsOptional()
  @Satisfies(
    (value: string) =>
      value === 'loopback' ||
      /^[1-9]\d?$/.test(value) ||
      value.split(',').every((part) => isAddressOrRange(part.trim())),
    'loopback, a number of hops, or addresses and ranges separated by commas',
  )
  TRUST_PROXY?: string;

  /** Hosts that webhooks may lead to by plain http and at private addresses: names or addresses, with commas. */
  @IsOptional()
  @Satisfies(
    (value: string) => value.split(',').every((part) => hostOf(part.trim()) !== undefined),
    'host names or addresses separated by commas, without protocol or port',
  )
  WEBHOOK_ALLOWED_HOSTS?: string;

  /** Shortest accepted password, characters. */
  @Whole(8, 64)
  PASSWORD_MIN_LENGTH: number = 8;

  /** Resetting a forgotten password ends the API key too: whoever made it may have known the old password. */
  @IsIn(['on', 'off'])
  RESET_ENDS_API_KEY: 'on' | 'off' = 'on';

  /** How long a replaced API key goes on working, seconds. */
  @Whole(0, 30 * DAY_SECONDS)
  API_KEY_OVERLAP_SECONDS: number = 0;

  /** Life of an access token, seconds. */
  @Whole(60, DAY_SECONDS)
  ACCESS_TOKEN_SECONDS: number = 7200;

  /** A session unused for so long ends, days. */
  @Whole(1, 365)
  SESSION_IDLE_DAYS: number = 30;

  /** A session ends so long after its login, however much it is used, days. */
  @Whole(1, 730)
  SESSION_MAX_DAYS: number = 90;

  /** How long the previous refresh token still returns its unused successor (two tabs, a lost answer), seconds. */
  @Whole(0, 300)
  REFRESH_GRACE_SECONDS: number = 30;

  /** A signing key signs for so long before the next one takes over, days. */
  @Whole(1, 365)
  SIGNING_KEY_DAYS: number = 30;

  /** Life of a verification code, minutes. */
  @Whole(1, 24 * 60)
  CODE_LIFETIME_MINUTES: number = 15;

  /** Life of a password reset link, minutes. */
  @Whole(1, 24 * 60)
  RESET_LIFETIME_MINUTES: number = 60;

  /** argon2id memory per hash, KiB (OWASP Password Storage Cheat Sheet). */
  @Whole(8, 1024 * 1024)
  ARGON2_MEMORY_KIB: number = 19456;

  /** argon2id passes. */
  @Whole(1, 20)
  ARGON2_PASSES: number = 2;

  /** argon2id lanes. */
  @Whole(1, 1)
  ARGON2_LANES: number = 1;

  /** Password hashes that may wait for a free core; behind them 503 with Retry-After. */
  @Whole(1, 10_000)
  HASH_QUEUE_LENGTH: number = 64;

  /** How long security events are kept, days. */
  @Whole(1, 3650)
  AUDIT_RETENTION_DAYS: number = 365;

  /** Opens `/metrics` to Prometheus with this bearer token, at least 16 characters. Unset: there are no metrics. */
  @IsOptional()
  @MinLength(16)
  METRICS_TOKEN?: string;

  /** `open` shows the development mailbox to other machines too: whoever reads it can take over every account. */
  @IsIn(['local', 'open'])
  DEV_PAGES: 'local' | 'open' = 'local';

  /** How often the mail worker looks for letters that nobody announced to it, milliseconds. */
  @Whole(10, 60_000)
  MAIL_POLL_MS: number = 1000;

  /** A letter whose instance died while sending it goes to another one after this time, seconds. The clocks must be closer than that. */
  @Whole(1, 3600)
  MAIL_LEASE_SECONDS: number = 90;

  /** Redis for counters that all instances share: `redis://` or `rediss://`. */
  @IsOptional()
  @Satisfies((value: string) => isUrl(value, ['redis:', 'rediss:']), 'redis://HOST:PORT or rediss://HOST:PORT')
  REDIS_URL?: string;

  /** Begins every key in Redis, where several services share one. */
  @Satisfies((value: string) => /^[\w.:-]+$/.test(value), 'letters, digits, dots, colons, dashes')
  REDIS_KEY_PREFIX: string = 'talkstack:';

  /** Key to an ElevenLabs account, whose voices then take the place of the built-in ones. */
  @IsOptional()
  @Satisfies((value: string) => /^[\x21-\x7e]+$/.test(value), 'printable ASCII without blanks')
  ELEVENLABS_API_KEY?: string;

  /** Where ElevenLabs’ API is. */
  @Satisfies(isSafeUrl, 'an https:// URL (or http:// to this machine) with no user, ? or #')
  ELEVENLABS_URL: string = 'https://api.elevenlabs.io';

  get inProduction(): boolean {
    return this.NODE_ENV === 'production';
  }

  /** CORS_ORIGINS as a list. */
  get corsOrigins(): string[] {
    if (this.CORS_ORIGINS === 'none') return [];
    if (this.CORS_ORIGINS !== undefined) return this.CORS_ORIGINS.split(',').map((part) => part.trim());
    return this.inProduction ? [] : ['http://localhost:*', 'http://127.0.0.1:*'];
  }

  get host(): string {
    return this.HOST ?? (this.inProduction ? '0.0.0.0' : '127.0.0.1');
  }

  /** PUBLIC_URL without a slash at the end. */
  get publicUrl(): string {
    return (this.PUBLIC_URL ?? `http://localhost:${this.PORT}`).replace(/\/+$/, '');
  }

  /** How long browsers are told to use nothing but https, seconds; undefined: they are told nothing. */
  get hstsSeconds(): number | undefined {
    const setting = this.HSTS ?? (this.inProduction && this.publicUrl.startsWith('https:') ? 'on' : 'off');
    if (setting === 'off') return undefined;
    return setting === 'on' ? 365 * DAY_SECONDS : Number(setting);
  }

  /** Absolute path of the SQLite file; undefined on MariaDB/MySQL. */
  get sqliteFile(): string | undefined {
    if (!this.DATABASE_URL.startsWith('sqlite:')) return undefined;
    const path = this.DATABASE_URL.slice('sqlite:'.length).replace(/^\/\/(?=\/)/, '');
    return isAbsolute(path) ? path : resolve(path);
  }

  /** WEBHOOK_ALLOWED_HOSTS as URLs spell them. */
  get webhookAllowedHosts(): string[] {
    return (this.WEBHOOK_ALLOWED_HOSTS ?? '').split(',').flatMap((part) => hostOf(part.trim()) ?? []);
  }

  /** The development mailbox stands in for a mail server, never in production. */
  get hasDevelopmentMailbox(): boolean {
    return !this.inProduction && this.SMTP_URL === undefined;
  }
}
