import { setTimeout as delay } from 'node:timers/promises';
import { BeforeApplicationShutdown, Injectable, Logger, OnApplicationBootstrap } from '@nestjs/common';
import { FindOptionsWhere, In, IsNull, LessThanOrEqual, MoreThan, Not, Or } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { Clock, MINUTE_MS, SECOND_MS } from '../common/clock.js';
import { Env } from '../config/env.js';
import { Database } from '../database/database.js';
import { DeliveryService, Outcome } from './delivery.service.js';
import { Letter, LETTER_STATE } from './letter.entity.js';

/** Letters under way at the same time. One that is slow is passed by others: it counts only for the second bound. */
const MAX_QUICK = 5;
const MAX_IN_FLIGHT = 50;
const SLOW_MS = 15 * SECOND_MS;
/** A mail server that has said nothing for so long is told as failing. */
const FAILING_MS = MINUTE_MS;
/** A lease is renewed so many times before it would run out: to an instance whose clock is ahead it seems nearer its end. */
const RENEWALS_PER_LEASE = 6;
/** How often a letter under way is looked at, at least. */
const LOOK_EVERY_MS = 5 * SECOND_MS;
/** When the mail server works again all that waited is due at once, but not more often: each may be refused once more. */
const RELEASE_EVERY_MS = MINUTE_MS;
/** How often an outcome that the database did not take is offered again, and how often at most once the service stops. */
const RECORD_EVERY_MS = SECOND_MS;
const RECORD_TRIES_AT_STOP = 5;

/** A letter under way. */
interface Delivery {
  done: Promise<void>;
  since: Date;
  isSlow: boolean;
  isToldAsFailing: boolean;
}

/**
 * Sends queued letters. Any number of instances may run side by side: a letter is leased by a conditional update before it is sent and
 * the lease is renewed until the mail server has answered, however late; so none is sent twice unless its worker dies in between.
 */
@Injectable()
export class MailOutbox implements OnApplicationBootstrap, BeforeApplicationShutdown {
  /** How long a stop waits for the mail server's word on letters under way. */
  graceMs = 10 * SECOND_MS;
  private readonly logger = new Logger('Outbox');
  private readonly instanceId = uuid();
  private readonly inFlight = new Map<string, Delivery>();
  private timer?: NodeJS.Timeout;
  private round?: Promise<void>;
  private isRunning = false;
  private isWoken = false;
  private isDatabaseAway = false;
  private isServerFailing = false;
  private releasedAt = 0;

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

  /** Stops between letters: takes no more, and waits a while for the mail server's word on those under way. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isRunning = false;
    clearInterval(this.timer);
    await Promise.race([this.idle(), delay(this.graceMs, undefined, { ref: false })]);
    // Nobody can say whether the server took them. They keep their leases, and are tried again when those have run out.
    if (this.inFlight.size > 0)
      this.logger.warn(`The mail server has ${this.inFlight.size} letters in hand at the stop`);
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
      await Promise.all([this.round, ...[...this.inFlight.values()].map(({ done }) => done)]);
    }
  }

  private async work(): Promise<void> {
    while (this.isWoken && this.isRunning) {
      this.isWoken = false;
      try {
        for (const letter of await this.claim(this.freePlaces)) this.begin(letter);
        this.noteDatabase();
      } catch (error) {
        this.noteDatabase(error);
      }
    }
    this.round = undefined;
  }

  private get freePlaces(): number {
    const quick = [...this.inFlight.values()].filter(({ isSlow }) => !isSlow).length;
    return Math.min(MAX_QUICK - quick, MAX_IN_FLIGHT - this.inFlight.size);
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

  private begin(letter: Letter): void {
    const delivery = { since: this.clock.now(), isSlow: false, isToldAsFailing: false, done: Promise.resolve() };
    this.inFlight.set(letter.id, delivery);
    delivery.done = this.send(letter, delivery);
  }

  private async send(letter: Letter, delivery: Delivery): Promise<void> {
    const pause = Math.min(this.leaseMs / RENEWALS_PER_LEASE, LOOK_EVERY_MS);
    const watching = setInterval(() => void this.watch(letter, delivery), pause).unref();
    try {
      const outcome = await this.delivery.try(letter);
      await this.record(letter, outcome);
      await this.noteServer(outcome);
    } catch (error) {
      this.noteDatabase(error);
    } finally {
      clearInterval(watching);
      this.inFlight.delete(letter.id);
      this.wake();
    }
  }

  /** Renews the lease of a letter under way; lets others pass one that is slow, and tells of a server that says nothing. */
  private async watch(letter: Letter, delivery: Delivery): Promise<void> {
    const waitedMs = this.clock.now().getTime() - delivery.since.getTime();
    if (waitedMs >= SLOW_MS && !delivery.isSlow) {
      delivery.isSlow = true;
      this.wake();
    }
    const isNewsOfFailing = waitedMs >= FAILING_MS && !delivery.isToldAsFailing;
    delivery.isToldAsFailing ||= isNewsOfFailing;
    const failing = { triedAt: this.clock.now(), serverFailed: true, lastError: 'no answer for a minute' };
    try {
      const leasedUntil = this.clock.in(this.leaseMs);
      const renewed = { leasedUntil, ...(isNewsOfFailing && failing) };
      await this.database.write(({ manager }) => manager.update(Letter, this.leased(letter), renewed));
      if (isNewsOfFailing) await this.noteServer(failing);
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
      if (now.getTime() < this.releasedAt + RELEASE_EVERY_MS) return;
      this.releasedAt = now.getTime();
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
