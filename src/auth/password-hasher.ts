import { randomBytes } from 'node:crypto';
import { Injectable, Logger, OnModuleInit } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';
import { AppError } from '../common/app-error.js';
import { COMMON_ERRORS } from '../common/common.errors.js';
import { hashConcurrency } from '../common/cores.js';
import { PasswordHashSettings } from './password-hash.settings.js';
import { normalisePassword } from './password-policy.js';

/** `Algorithm.Argon2id`; the package's enum is a const enum, which isolated modules cannot read. */
const ARGON2ID = 2;
/** Stored hashes that cost more than this (and than our own parameters) are refused: a row planted in the database must not stall the service. */
const MAX = { memoryKib: 256 * 1024, passes: 10, lanes: 8 };
const RETRY_SECONDS = 2;

/** The error when the queue of hashes is full. */
export function overloaded(): AppError {
  return new AppError(COMMON_ERRORS.OVERLOADED, { retryAfterSeconds: RETRY_SECONDS });
}

interface Parameters {
  memoryKib: number;
  passes: number;
  lanes: number;
}

function parametersOf(phc: string): Parameters | null {
  const match = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$[\w+/]+\$[\w+/]+$/.exec(phc);
  return match && { memoryKib: Number(match[1]), passes: Number(match[2]), lanes: Number(match[3]) };
}

/**
 * Hashes passwords with argon2id (RFC 9106; parameters as in the OWASP Password Storage Cheat Sheet). HASH_CONCURRENCY hashes run at a time,
 * by default one per core: more would only starve everything else. Others wait in a bounded queue; when it is full, OVERLOADED is thrown.
 */
@Injectable()
export class PasswordHasher implements OnModuleInit {
  /** Hashes begun since the service started. */
  begun = 0;
  /** Requests in handlers that may hash. */
  requestsInside = 0;
  private readonly logger = new Logger(PasswordHasher.name);
  private running = 0;
  private readonly waiting: (() => void)[] = [];
  private standIn: string;
  private readonly concurrency: number;

  constructor(private readonly settings: PasswordHashSettings) {
    this.concurrency = hashConcurrency(settings.HASH_CONCURRENCY);
  }

  async onModuleInit(): Promise<void> {
    this.standIn = await this.hash(randomBytes(16).toString('hex'));
  }

  /** Hashes in the queue. */
  get queued(): number {
    return this.waiting.length;
  }

  /** Maximum number of running and queued hashes. */
  get places(): number {
    return this.concurrency + this.settings.HASH_QUEUE_LENGTH;
  }

  /** Running hashes. */
  get underWay(): number {
    return this.running;
  }

  /** Whether the queue is full. */
  get isFull(): boolean {
    return this.waiting.length >= this.settings.HASH_QUEUE_LENGTH;
  }

  /** Returns a PHC string under the current parameters. Hashes with the same salt can be compared. */
  hash(password: string, salt: Buffer = randomBytes(16)): Promise<string> {
    return this.inTurn(() =>
      hash(normalisePassword(password), {
        algorithm: ARGON2ID,
        memoryCost: this.settings.ARGON2_MEMORY_KIB,
        timeCost: this.settings.ARGON2_PASSES,
        parallelism: this.settings.ARGON2_LANES,
        salt,
      }),
    );
  }

  /** Returns a hash that no password matches, and that takes as long to verify as any. */
  hashOfNothing(): string {
    const { ARGON2_MEMORY_KIB: memory, ARGON2_PASSES: passes, ARGON2_LANES: lanes } = this.settings;
    const random = (bytes: number) => randomBytes(bytes).toString('base64').replaceAll('=', '');
    return `$argon2id$v=19$m=${memory},t=${passes},p=${lanes}$${random(16)}$${random(32)}`;
  }

  /** Whether the password matches the stored hash. With null (unknown address) it takes the same time and returns false. */
  async verify(stored: string | null, password: string): Promise<boolean> {
    const usable = stored !== null && this.isBearable(stored);
    const fits = await this.inTurn(() => verify(usable ? stored : this.standIn, normalisePassword(password)));
    return usable && fits;
  }

  /** Whether the hash was made with other parameters than the current ones. */
  isOutdated(stored: string): boolean {
    const found = parametersOf(stored);
    return (
      found?.memoryKib !== this.settings.ARGON2_MEMORY_KIB ||
      found.passes !== this.settings.ARGON2_PASSES ||
      found.lanes !== this.settings.ARGON2_LANES
    );
  }

  private isBearable(stored: string): boolean {
    const found = parametersOf(stored);
    const bearable =
      found !== null &&
      found.memoryKib <= Math.max(MAX.memoryKib, this.settings.ARGON2_MEMORY_KIB) &&
      found.passes <= Math.max(MAX.passes, this.settings.ARGON2_PASSES) &&
      found.lanes <= Math.max(MAX.lanes, this.settings.ARGON2_LANES);
    if (!bearable) this.logger.warn('A stored password hash is malformed or too costly; the login was refused.');
    return bearable;
  }

  private async inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.running >= this.concurrency) {
      if (this.isFull) throw overloaded();
      // The hash before hands over its place, so `running` does not change.
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    } else {
      this.running += 1;
    }
    this.begun += 1;
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.running -= 1;
    }
  }
}
