import { timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { PasswordHasher } from '../auth/password-hasher.js';
import { AppError } from '../common/app-error.js';
import { COMMON_ERRORS } from '../common/common.errors.js';
import { logOutput } from '../common/log-output.js';
import { sha256 } from '../common/secrets.js';
import { Env } from '../config/env.js';
import { ApiKeysService } from '../credentials/api-keys.service.js';
import { SessionsService } from '../credentials/sessions.service.js';
import { Database } from '../database/database.js';
import { Letter, LETTER_STATE } from '../mail/letter.entity.js';

const DURATION_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const THROTTLED = 429;

/** Figures for Prometheus, collected when they are asked for. Shown to who knows METRICS_TOKEN; without one there are none. */
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

  constructor(
    private readonly env: Env,
    private readonly database: Database,
    hasher: PasswordHasher,
    sessions: SessionsService,
    apiKeys: ApiKeysService,
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
  }

  get isOn(): boolean {
    return this.env.METRICS_TOKEN !== undefined;
  }

  /** Notes an answered request under its route's pattern, never its URL: that could hold anything, and without end. */
  observe(request: FastifyRequest, reply: FastifyReply): void {
    const route = request.routeOptions.url ?? 'none';
    this.durations.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
    if (reply.statusCode === THROTTLED) this.throttled.inc({ route });
  }

  /** The figures in Prometheus's text format; ROUTE_NOT_FOUND without the token, as if there were none. */
  read(authorization: string | undefined): Promise<string> {
    const given = sha256(authorization ?? '');
    const wanted = sha256(`Bearer ${this.env.METRICS_TOKEN}`);
    if (!this.isOn || !timingSafeEqual(Buffer.from(given), Buffer.from(wanted))) {
      throw new AppError(COMMON_ERRORS.ROUTE_NOT_FOUND);
    }
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

  private letters(): void {
    const { database } = this;
    new Gauge({
      name: 'letters',
      help: 'Letters by state.',
      labelNames: ['state'],
      registers: [this.registry],
      async collect() {
        for (const state of Object.values(LETTER_STATE)) {
          this.set({ state }, await database.reader.manager.countBy(Letter, { state }));
        }
      },
    });
  }
}
