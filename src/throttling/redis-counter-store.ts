import { Logger, OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { Redis } from 'ioredis';
import { RedisSettings } from './redis.settings.js';
import { Count, CounterStore, CounterWindow } from './counter-store.js';
import { MemoryCounterStore } from './memory-counter-store.js';

/** Redis runs it atomically. The key expires with its window. */
const COUNT = `
  local state = redis.call('HMGET', KEYS[1], 'count', 'resetAt')
  local window, now = tonumber(ARGV[1]), tonumber(ARGV[2])
  local count, resetAt = tonumber(state[1] or 0), tonumber(state[2] or 0)
  if resetAt <= now then
    count, resetAt = 0, now + window
  end
  count = count + 1
  redis.call('HSET', KEYS[1], 'count', count, 'resetAt', string.format('%.0f', resetAt))
  redis.call('PEXPIRE', KEYS[1], math.max(1, resetAt - now))
  return {count, resetAt}`;

const TAKE_BACK = `
  if tonumber(redis.call('HGET', KEYS[1], 'count') or 0) > 0 then
    redis.call('HINCRBY', KEYS[1], 'count', -1)
  end`;

/** After this time a request stops waiting for Redis and goes on with this instance's own counters. */
const ANSWER_MS = 1000;
const CONNECT_MS = 2000;
const MAX_RETRY_PAUSE_MS = 2000;

type WithScripts = Redis & {
  countOn(key: string, windowMs: number, now: number): Promise<[number, number]>;
  takeBack(key: string): Promise<void>;
};

/**
 * Counters in Redis, shared by all instances. Each instance also counts in memory, so that limits hold per instance while Redis is away.
 */
export class RedisCounterStore extends CounterStore implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(RedisCounterStore.name);
  private readonly own = new MemoryCounterStore();
  private readonly redis: WithScripts;
  private isAway = false;

  constructor(settings: RedisSettings) {
    super();
    this.redis = new Redis({
      ...settings.redisServer,
      keyPrefix: settings.REDIS_KEY_PREFIX,
      scripts: {
        countOn: { lua: COUNT, numberOfKeys: 1 },
        takeBack: { lua: TAKE_BACK, numberOfKeys: 1 },
      },
      lazyConnect: true,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      commandTimeout: ANSWER_MS,
      connectTimeout: CONNECT_MS,
      retryStrategy: (tries) => Math.min(100 * tries, MAX_RETRY_PAUSE_MS),
    }) as WithScripts;
    this.redis.on('error', (error: Error) => this.noteAway(error));
  }

  async onModuleInit(): Promise<void> {
    await this.redis.connect().catch((error: Error) => this.noteAway(error));
  }

  onApplicationShutdown(): void {
    this.redis.disconnect();
  }

  async count(windows: CounterWindow[], now: number): Promise<Count[]> {
    const own = await this.own.count(windows, now);
    // The client sends all of them before it waits for the first reply: one round trip.
    const ask = () => Promise.all(windows.map(({ key, windowMs }) => this.redis.countOn(key, windowMs, now)));
    return this.ask(async () => (await ask()).map(([count, resetAt]) => ({ count, resetAt })), own);
  }

  async read(key: string, now: number): Promise<Count> {
    const own = await this.own.read(key, now);
    return this.ask(async () => {
      const [count, resetAt] = (await this.redis.hmget(key, 'count', 'resetAt')).map(Number);
      return resetAt > now ? { count, resetAt } : { count: 0, resetAt: now };
    }, own);
  }

  async forgive(once: string[], wholly: string[] = []): Promise<void> {
    await this.own.forgive(once, wholly);
    await this.ask<unknown>(
      () => Promise.all([...once.map((key) => this.redis.takeBack(key)), ...wholly.map((key) => this.redis.del(key))]),
      null,
    );
  }

  private async ask<Answer>(question: () => Promise<Answer>, own: Answer): Promise<Answer> {
    try {
      const answer = await question();
      this.noteBack();
      return answer;
    } catch (error) {
      this.noteAway(error as Error);
      return own;
    }
  }

  private noteAway(error: Error): void {
    // A frozen server keeps its connection open; only a new connection shows when it works again.
    if (error.message === 'Command timed out') this.redis.disconnect(true);
    if (this.isAway) return;
    this.isAway = true;
    this.logger.warn(
      `Redis does not answer (${error.message}); until it does, each instance keeps the limits for itself.`,
    );
  }

  private noteBack(): void {
    if (!this.isAway) return;
    this.isAway = false;
    this.logger.warn('Redis answers again; the limits are shared by all instances.');
  }
}
