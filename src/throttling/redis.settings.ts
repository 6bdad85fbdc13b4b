import { IsOptional } from 'class-validator';
import { Satisfies, Without } from '../config/rules.js';
import { ModuleSettings } from '../config/settings.js';
import { faultOfUrl, hostToConnect } from '../config/url-settings.js';

/** Parts of REDIS_URL under ioredis' names. */
export interface RedisServer {
  host: string;
  port: number;
  username?: string;
  password?: string;
  db: number;
  tls?: object;
}

function faultOfRedisUrl(value: string): string | undefined {
  const expected = 'redis://HOST:PORT or rediss://HOST:PORT, with /NUMBER for another database than 0';
  const fault = faultOfUrl(value, { protocols: ['redis:', 'rediss:'], expected, may: ['credentials'] });
  if (fault !== undefined) return fault;
  return /^(\/\d{0,4})?$/.test(new URL(value).pathname) ? undefined : `be ${expected}`;
}

/** Redis. */
export class RedisSettings extends ModuleSettings {
  /** Redis for counters that all instances share: `redis://user:password@host:6379/0`, or `rediss://` with TLS. */
  @IsOptional()
  @Without(faultOfRedisUrl)
  REDIS_URL?: string;

  /** Prefix of every key, where several services share one Redis. */
  @Satisfies((value: string) => /^[\w.:-]+$/.test(value), 'letters, digits, dots, colons, dashes')
  REDIS_KEY_PREFIX: string = 'talkstack:';

  /** Where Redis is; undefined without one. */
  get redisServer(): RedisServer | undefined {
    if (this.REDIS_URL === undefined) return undefined;
    const url = new URL(this.REDIS_URL);
    return {
      host: hostToConnect(url) ?? '',
      port: url.port === '' ? 6379 : Number(url.port),
      username: decodeURIComponent(url.username) || undefined,
      password: decodeURIComponent(url.password) || undefined,
      db: Number(url.pathname.slice(1)),
      ...(url.protocol === 'rediss:' && { tls: {} }),
    };
  }
}
