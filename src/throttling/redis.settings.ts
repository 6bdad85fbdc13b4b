import { IsOptional } from 'class-validator';
import { isUrl, Satisfies } from '../config/rules.js';
import { ModuleSettings } from '../config/settings.js';

/** Redis. */
export class RedisSettings extends ModuleSettings {
  /** Redis for counters that all instances share: `redis://` or `rediss://`. */
  @IsOptional()
  @Satisfies((value: string) => isUrl(value, ['redis:', 'rediss:']), 'redis://HOST:PORT or rediss://HOST:PORT')
  REDIS_URL?: string;

  /** Begins every key in Redis, where several services share one. */
  @Satisfies((value: string) => /^[\w.:-]+$/.test(value), 'letters, digits, dots, colons, dashes')
  REDIS_KEY_PREFIX: string = 'talkstack:';
}
