import { setTimeout as delay } from 'node:timers/promises';
import { BeforeApplicationShutdown, Injectable, Logger, OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { Clock, MINUTE_MS, SECOND_MS } from '../common/clock.js';
import type { IncomingCall } from '../telephony/phone-line.js';
import { Lines } from '../telephony/lines.js';
import type { CallRow } from './call-events.js';
import { CallClaims } from './call-claims.js';
import { CallQueue } from './call-queue.js';
import { CallSession, SessionParts } from './call-session.js';
import { Call } from './call.entity.js';
import { CallsSettings } from './calls.settings.js';
import { EndCallService } from './end-call.service.js';

/** How long a stop waits for the goodbyes and outcomes of calls that it ends. */
const OUTCOME_GRACE_MS = 15 * SECOND_MS;
/** How often calls are looked for that waited too long. */
const EXPIRY_EVERY_MS = MINUTE_MS;

/** Makes the calls that wait. Any number of instances may do so side by side (see CallClaims). */
@Injectable()
export class CallRunner implements OnApplicationBootstrap, OnModuleDestroy, BeforeApplicationShutdown {
  private readonly logger = new Logger('Calls');
  private readonly sessions = new Map<string, CallSession>();
  private timer?: NodeJS.Timeout;
  private round?: Promise<void>;
  private isRunning = false;
  private isWoken = false;
  private isDatabaseAway = false;
  private expiryAt = 0;

  constructor(
    private readonly lines: Lines,
    private readonly claims: CallClaims,
    private readonly queue: CallQueue,
    private readonly ending: EndCallService,
    private readonly parts: SessionParts,
    private readonly clock: Clock,
    private readonly settings: CallsSettings,
  ) {}

  onApplicationBootstrap(): void {
    this.isRunning = true;
    this.queue.onAdded(() => this.wake());
    this.ending.onRequested((callId) => this.sessions.get(callId)?.end('ended-by-request'));
    this.timer = setInterval(() => this.wake(), this.settings.CALL_POLL_MS).unref();
    this.wake();
  }

  /** Starts no more calls; current ones go on. */
  onModuleDestroy(): void {
    this.isRunning = false;
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.round;
    // Leases are renewed meanwhile.
    const patience = new AbortController();
    let end = () => {};
    const isTime = new Promise<void>((resolve) => (end = resolve));
    const cancel = this.clock.after(this.settings.SHUTDOWN_CALLS_SECONDS * SECOND_MS, end);
    await Promise.race([this.allDone(), isTime]);
    cancel();
    for (const session of this.sessions.values()) session.sayGoodbye('instance-lost');
    await Promise.race([this.allDone(), delay(OUTCOME_GRACE_MS, undefined, { signal: patience.signal, ref: false })]);
    patience.abort();
    clearInterval(this.timer);
    await this.round;
    if (this.sessions.size > 0) this.logger.warn(`${this.sessions.size} calls had no outcome at the stop`);
  }

  /** False where this instance has as many calls as it may, or stops. */
  get hasRoom(): boolean {
    return this.isRunning && this.sessions.size < this.settings.CALLS_PER_INSTANCE;
  }

  /** Answers a call that came in, whose row names this instance. */
  take(call: CallRow, incoming: IncomingCall): void {
    void this.begin(call).take(incoming);
  }

  /** Tells the runner that calls may be queued. */
  wake(): void {
    this.isWoken = true;
    this.round ??= this.work();
  }

  private async allDone(): Promise<void> {
    await Promise.all([...this.sessions.values()].map(({ done }) => done));
  }

  private async work(): Promise<void> {
    while (this.isWoken) {
      this.isWoken = false;
      try {
        await this.lookAfterSessions();
        if (this.isRunning) await this.settleOthers();
        if (this.isRunning) await this.startWaiting();
        this.noteDatabase();
      } catch (error) {
        this.noteDatabase(error);
      }
    }
    this.round = undefined;
  }

  /** Renews leases, ends calls whose end was requested on another instance, and abandons calls that this instance no longer holds. */
  private async lookAfterSessions(): Promise<void> {
    const sessions = [...this.sessions];
    const held = new Map((await this.claims.renew(sessions.map(([id]) => id))).map((call) => [call.id, call]));
    for (const [id, session] of sessions) {
      const call = held.get(id);
      // Without a row the call is over, unless its outcome was written meanwhile.
      if (!call && this.sessions.has(id)) session.abandon();
      if (call?.endRequestedAt) session.end('ended-by-request');
    }
  }

  private async settleOthers(): Promise<void> {
    const lost = await this.claims.failLost([...this.sessions.keys()]);
    if (lost > 0) this.logger.warn(`${lost} calls were lost with their instances`);
    const now = this.clock.now().getTime();
    if (now < this.expiryAt) return;
    this.expiryAt = now + EXPIRY_EVERY_MS;
    await this.claims.failExpired();
  }

  /** Starts queued calls: one of each project in turn. */
  private async startWaiting(): Promise<void> {
    const { line } = this.lines;
    if (!line) return;
    for (let hasStarted = true; hasStarted;) {
      hasStarted = false;
      for (const projectId of await this.claims.projectsWaiting()) {
        if (!this.hasRoom) return;
        const call = await this.claims.claim(projectId);
        if (call) void this.begin(call).dial(line);
        hasStarted ||= call !== null;
      }
    }
  }

  private begin(call: Call): CallSession {
    const session = new CallSession(call, this.parts);
    this.sessions.set(call.id, session);
    void session.done.then(() => {
      this.sessions.delete(call.id);
      this.wake();
    });
    return session;
  }

  /** Logs when the database goes away and when it is back, not at every tick between. */
  private noteDatabase(error?: unknown): void {
    if (error !== undefined && !this.isDatabaseAway) this.logger.error('Calls cannot use the database', error);
    if (error === undefined && this.isDatabaseAway) this.logger.warn('Calls can use the database again');
    this.isDatabaseAway = error !== undefined;
  }
}
