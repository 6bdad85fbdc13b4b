import { setTimeout as delay } from 'node:timers/promises';
import { BeforeApplicationShutdown, Injectable, Logger, OnApplicationBootstrap } from '@nestjs/common';
import { FindOptionsWhere, In, IsNull, LessThanOrEqual, MoreThan, Not, Or } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { Clock, SECOND_MS } from '../common/clock.js';
import { Env } from '../config/env.js';
import { Database } from '../database/database.js';
import { DeliveryService, Outcome } from './delivery.service.js';
import { Letter, LETTER_STATE } from './letter.entity.js';

/** Letters, and so connections to the mail server, at the same time. */
const MAX_IN_FLIGHT = 5;
/** A lease is renewed so many times before it would run out: to an instance whose clock is ahead it seems nearer its end. */
const RENEWALS_PER_LEASE = 6;
/** How often an outcome that the database did not take is offered again, and how often at most once the service stops. */
const RECORD_EVERY_MS = SECOND_MS;
const RECORD_TRIES_AT_STOP = 5;

/**
 * Sends queued letters. Any number of instances may run side by side: a letter is leased by a conditional update before it is sent and
 * the lease is renewed until the mail server has answered, however late; so none is sent twice unless its worker dies in between.
 */
@Injectable()
export class OutboxService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Outbox');
  private readonly instanceId = uuid();
  private readonly inFlight = new Map<string, Promise<void>>();
  private timer?: NodeJS.Timeout;
  private round?: Promise<void>;
  private isRunning = false;
  private isWoken = false;
  private isDatabaseAway = false;
  private isServerFailing = false;

  constructor(
    private readonly env: Env,
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly delivery: DeliveryService,
  ) {}

  onApplicationBootstrap(): void {
    this.isRunning = true;
    this.timer = setInterval(() => this.wake(), this.env.MAIL_POLL_MS).unref();
    this.wake();
  }

  /** Stops between letters: takes no more, and waits for the mail server's word on those under way. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isRunning = false;
    clearInterval(this.timer);
    await this.idle();
  }

  /** Says that letters may be due. */
  wake(): void {
    if (!this.isRunning) return;
    this.isWoken = true;
    this.round ??= this.work();
  }

  /** Resolves when every letter that is due has been tried. */
  async drain(): Promise<void> {
    this.wake();
    await this.idle();
  }

  private get leaseMs(): number {
    return this.env.MAIL_LEASE_SECONDS * SECOND_MS;
  }

  private async idle(): Promise<void> {
    while (this.round !== undefined || this.inFlight.size > 0) {
      await Promise.all([this.round, ...this.inFlight.values()]);
    }
  }

  private async work(): Promise<void> {
    while (this.isWoken && this.isRunning) {
      this.isWoken = false;
      try {
        const letters = await this.claim(MAX_IN_FLIGHT - this.inFlight.size);
        for (const letter of letters) this.inFlight.set(letter.id, this.send(letter));
        this.noteDatabase();
      } catch (error) {
        this.noteDatabase(error);
      }
    }
    this.round = undefined;
  }

  /** Leases letters that are due, the longest due first. */
  private async claim(limit: number): Promise<Letter[]> {
    if (limit <= 0) return [];
    const due = this.due();
    const rows = await this.database.reader.manager.find(Letter, {
      select: { id: true },
      where: due,
      order: { nextTryAt: 'ASC' },
      take: limit,
    });
    if (rows.length === 0) return [];
    const id = In(rows.map((row) => row.id));
    const lease = { leaseOwner: this.instanceId, leasedUntil: this.clock.in(this.leaseMs) };
    return this.database.write(async ({ manager }) => {
      // Whoever was quicker has the row: the condition is judged again, under the row's lock.
      await manager.update(Letter, { ...due, id }, lease);
      return manager.findBy(Letter, { id, leaseOwner: this.instanceId });
    });
  }

  private due(): FindOptionsWhere<Letter> {
    const now = this.clock.now();
    return {
      // Its own letters, should their leases run out while the database is away.
      ...(this.inFlight.size > 0 && { id: Not(In([...this.inFlight.keys()])) }),
      state: LETTER_STATE.QUEUED,
      nextTryAt: LessThanOrEqual(now),
      leasedUntil: Or(IsNull(), LessThanOrEqual(now)),
    };
  }

  private async send(letter: Letter): Promise<void> {
    const renewal = setInterval(() => void this.renew(letter), this.leaseMs / RENEWALS_PER_LEASE).unref();
    try {
      const outcome = await this.delivery.try(letter);
      await this.record(letter, outcome);
      await this.noteServer(outcome);
    } catch (error) {
      this.noteDatabase(error);
    } finally {
      clearInterval(renewal);
      this.inFlight.delete(letter.id);
      this.wake();
    }
  }

  private async renew(letter: Letter): Promise<void> {
    const leasedUntil = this.clock.in(this.leaseMs);
    try {
      await this.database.write(({ manager }) => manager.update(Letter, this.leased(letter), { leasedUntil }));
    } catch (error) {
      this.noteDatabase(error);
    }
  }

  /** Writes an outcome down and ends the lease. Goes on until the database takes it: a letter that was sent must not be sent again. */
  private async record(letter: Letter, outcome: Outcome): Promise<void> {
    if (outcome.state === LETTER_STATE.DEAD) {
      this.logger.warn(`Gave up the letter ${letter.id} (${letter.kind}): ${outcome.lastError}`);
    }
    for (let triesAtStop = 0; ; triesAtStop += this.isRunning ? 0 : 1) {
      try {
        const settled = { ...outcome, leaseOwner: null, leasedUntil: null };
        await this.database.write(({ manager }) => manager.update(Letter, this.leased(letter), settled));
        return;
      } catch (error) {
        if (triesAtStop >= RECORD_TRIES_AT_STOP) throw error;
        this.noteDatabase(error);
        await delay(RECORD_EVERY_MS);
      }
    }
  }

  private leased(letter: Letter): FindOptionsWhere<Letter> {
    return { id: letter.id, leaseOwner: this.instanceId };
  }

  /** When the mail server answers again, the letters that wait because of it are due at once. */
  private async noteServer({ triedAt, serverFailed, lastError }: Outcome): Promise<void> {
    if (!triedAt) return;
    if (serverFailed) {
      if (!this.isServerFailing) this.logger.error(`The mail server fails, letters wait: ${lastError}`);
      this.isServerFailing = true;
    } else if (this.isServerFailing) {
      this.isServerFailing = false;
      this.logger.warn('The mail server works again');
      const now = this.clock.now();
      const waiting = { state: LETTER_STATE.QUEUED, serverFailed: true, nextTryAt: MoreThan(now) };
      await this.database.write(({ manager }) => manager.update(Letter, waiting, { nextTryAt: now }));
    }
  }

  /** Tells the log when the database goes away and when it is back, not at every tick between. */
  private noteDatabase(error?: unknown): void {
    if (error !== undefined && !this.isDatabaseAway) this.logger.error('The outbox cannot use the database', error);
    if (error === undefined && this.isDatabaseAway) this.logger.warn('The outbox can use the database again');
    this.isDatabaseAway = error !== undefined;
  }
}
