import { IsOptional } from 'class-validator';
import { Whole } from '../config/rules.js';
import { ModuleSettings } from '../config/settings.js';

/** Password hashes. */
export class PasswordHashSettings extends ModuleSettings {
  /** argon2id memory per hash, KiB (OWASP Password Storage Cheat Sheet). */
  @Whole(8, 1024 * 1024)
  ARGON2_MEMORY_KIB: number = 19456;

  /** argon2id passes. */
  @Whole(1, 20)
  ARGON2_PASSES: number = 2;

  /** argon2id lanes. */
  @Whole(1, 1)
  ARGON2_LANES: number = 1;

  /** Password hashes that run at a time. Default: one a core, within the container's limit and Node's thread pool. */
  @IsOptional()
  @Whole(1, 1000)
  HASH_CONCURRENCY?: number;

  /** Password hashes that may wait for a free core; behind them 503 with Retry-After. */
  @Whole(1, 10_000)
  HASH_QUEUE_LENGTH: number = 64;

  override faults(): string[] {
    const isWeak = this.inProduction && this.ARGON2_MEMORY_KIB < 7168;
    return isWeak ? ['ARGON2_MEMORY_KIB must not be less than 7168 in production'] : [];
  }
}
