import { timingSafeEqual } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { PasswordHasher } from '../auth/password-hasher.js';
import { CallFigures } from '../calls/call-figures.js';
import { AppError } from '../common/app-error.js';
import { COMMON_ERRORS } from '../common/common.errors.js';
import { logOutput } from '../common/log-output.js';
import { Providers } from '../common/providers.js';
import { sha256 } from '../common/sha256.js';
import { OperationSettings } from './operation.settings.js';
import { ApiKeysService } from '../credentials/api-keys.service.js';
import { SessionsService } from '../credentials/sessions.service.js';
import { Database } from '../database/database.js';
import { bearerCredentials } from '../http/bearer.js';
import { Letter, LETTER_STATE } from '../mail/letter.entity.js';
import { addCallMetrics } from './call-metrics.js';
import { WebhookFigures } from '../webhooks/webhook-figures.js';
import { OPERATION_ERRORS } from './operation.errors.js';
import { addWebhookMetrics } from './webhook-metrics.js';

const DURATION_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const THROTTLED = 429;
/** How long a request for metrics waits for the database, milliseconds. */
const DATABASE_TIMEOUT_MS = 2000;

/** Metrics for Prometheus, collected on request. They require METRICS_TOKEN; without that setting there are none. */
@Injectable()
export class MetricsService {
  private readonly registry = new Registry();
  private readonly durations = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from a request to the end of its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: DURATION_BUCKETS,
    registers: [this.registry],
  });
  private readonly throttled = new Counter({
    name: 'http_requests_throttled_total',
    help: 'Requests answered 429.',
    labelNames: ['route'],
    registers: [this.registry],
  });

  private counting?: Promise<Map<string, number> | undefined>;

  constructor(
    private readonly settings: OperationSettings,
    private readonly database: Database,
    private readonly providers: Providers,
    hasher: PasswordHasher,
    sessions: SessionsService,
    apiKeys: ApiKeysService,
    calls: CallFigures,
    webhooks: WebhookFigures,
  ) {
    if (!this.isOn) return;
    collectDefaultMetrics({ register: this.registry });
    this.gauge('password_hashes_waiting', 'Password hashes waiting for a core.', () => hasher.queued);
    this.gauge('password_requests_inside', 'Requests under way that may hash a password.', () => hasher.requestsInside);
    this.gauge('password_hashes_begun', 'Password hashes begun since the start.', () => hasher.begun);
    this.gauge('session_cache_hits', 'Sessions known without a query, since the start.', () => sessions.cacheHits);
    this.gauge('session_cache_misses', 'Sessions asked of the database, since the start.', () => sessions.cacheMisses);
    this.gauge('api_key_cache_hits', 'API keys known without a query, since the start.', () => apiKeys.cacheHits);
    this.gauge('api_key_cache_misses', 'API keys asked of the database, since the start.', () => apiKeys.cacheMisses);
    this.gauge(
      'log_lines_dropped',
      'Lines of the log that nobody took, since the start.',
      () => logOutput.droppedLines,
    );
    this.letters();
    this.providerFaults();
    addCallMetrics(this.registry, calls, (question) => this.ask(question));
    addWebhookMetrics(this.registry, webhooks, (question) => this.ask(question));
  }

  get isOn(): boolean {
    return this.settings.METRICS_TOKEN !== undefined;
  }

  /** Records a response under the pattern of its route, not its URL, of which there is no end. */
  observe(request: FastifyRequest, reply: FastifyReply): void {
    const route = request.routeOptions.url ?? 'none';
    this.durations.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
    if (reply.statusCode === THROTTLED) this.throttled.inc({ route });
  }

  /** Responds with the metrics in Prometheus's text format if the token is right; 404 without METRICS_TOKEN. */
  read(authorization: string | undefined): Promise<string> {
    const given = sha256(bearerCredentials(authorization ?? '') ?? '');
    const wanted = sha256(this.settings.METRICS_TOKEN ?? '');
    if (!this.isOn) throw new AppError(COMMON_ERRORS.ROUTE_NOT_FOUND);
    if (!timingSafeEqual(Buffer.from(given), Buffer.from(wanted)))
      throw new AppError(OPERATION_ERRORS.METRICS_TOKEN_INVALID);
    return this.registry.metrics();
  }

  private gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.set(read());
      },
    });
  }

  private providerFaults(): void {
    const { providers } = this;
    new Counter({
      name: 'provider_errors_total',
      help: 'Failures of language models, speech to text and text to speech, by part and kind.',
      labelNames: ['part', 'kind'],
      registers: [this.registry],
      collect() {
        this.reset();
        for (const { part, kind, count } of providers.faults) this.inc({ part, kind }, count);
      },
    });
  }

  /** What only the database knows; while it is away all else is told. Both figures come of one question. */
  private letters(): void {
    const isUp: Gauge = new Gauge({
      name: 'talkstack_database_up',
      help: 'Whether the database answers: 1 or 0.',
      registers: [this.registry],
      collect: async () => {
        isUp.set((await (this.counting ??= this.countLetters())) ? 1 : 0);
      },
    });
    const letters = new Gauge({
      name: 'letters',
      help: 'Letters by state.',
      labelNames: ['state'],
      registers: [this.registry],
      collect: async () => {
        const counts = await (this.counting ??= this.countLetters());
        this.counting = undefined;
        letters.reset();
        if (!counts) return;
        for (const state of Object.values(LETTER_STATE)) letters.set({ state }, counts.get(state) ?? 0);
      },
    });
  }

  private async countLetters(): Promise<Map<string, number> | undefined> {
    const rows = await this.ask(() =>
      this.database.reader
        .createQueryBuilder()
        .select('state')
        .addSelect('COUNT(*)', 'count')
        .from(Letter, 'letter')
        .groupBy('state')
        .getRawMany<{ state: string; count: number | string }>(),
    );
    return rows && new Map(rows.map(({ state, count }) => [state, Number(count)]));
  }

  /** Undefined when the database does not answer before Prometheus gives up. */
  private async ask<Answer>(question: () => Promise<Answer>): Promise<Answer | undefined> {
    const asking = question();
    const patience = new AbortController();
    const timeout = delay(DATABASE_TIMEOUT_MS, undefined, { signal: patience.signal, ref: false });
    try {
      return await Promise.race([asking, timeout]);
    } catch {
      return undefined;
    } finally {
      patience.abort();
      void Promise.allSettled([asking, timeout]);
    }
  }
}
