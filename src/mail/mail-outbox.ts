import { BeforeApplicationShutdown, Injectable, Logger, OnApplicationBootstrap } from '@nestjs/common';
import { FindOptionsWhere, MoreThan } from 'typeorm';
import { Clock, MINUTE_MS, SECOND_MS } from '../common/clock.js';
import { Database } from '../database/database.js';
import { LeasedQueue, News, Outcome, QueueBounds, QueueWork } from '../outbox/leased-queue.js';
import { LeasedRows } from '../outbox/leased-rows.js';
import { DeliveryService } from './delivery.service.js';
import { Letter, LETTER_STATE } from './letter.entity.js';
import { MailSettings } from './mail.settings.js';

/** Messages that are sent at the same time; a slow one does not hold up others. */
const MAX_QUICK = 5;
const MAX_IN_FLIGHT = 50;
const SLOW_MS = 15 * SECOND_MS;
/** After so long without a reply the mail server is reported as failing. */
const FAILING_MS = MINUTE_MS;
/** When the mail server works again, all waiting messages become due, but at most this often: each may be refused again. */
const RELEASE_EVERY_MS = MINUTE_MS;
const STOP_GRACE_MS = 10 * SECOND_MS;

/** Sends queued messages, and keeps track of whether the mail server works. */
@Injectable()
export class MailOutbox implements OnApplicationBootstrap, BeforeApplicationShutdown, QueueWork<Letter> {
  readonly bounds: QueueBounds;
  private readonly logger = new Logger('Outbox');
  private readonly queue: LeasedQueue<Letter>;
  /** Messages for which the silence of the mail server is already logged and recorded. */
  private readonly toldAsFailing = new WeakSet<Letter>();
  private isServerFailing = false;
  private releasedAt = 0;

  constructor(
    settings: MailSettings,
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly delivery: DeliveryService,
  ) {
    this.bounds = {
      maxQuick: MAX_QUICK,
      maxUnderWay: MAX_IN_FLIGHT,
      slowMs: SLOW_MS,
      pollMs: settings.MAIL_POLL_MS,
      graceMs: STOP_GRACE_MS,
    };
    const rows = new LeasedRows(Letter, database, clock, settings.MAIL_LEASE_SECONDS * SECOND_MS);
    this.queue = new LeasedQueue('Outbox', rows, this, clock, this.bounds);
  }

  onApplicationBootstrap(): void {
    this.queue.start();
  }

  /** Takes no more messages, and waits a while for the replies to those that are being sent. */
  async beforeApplicationShutdown(): Promise<void> {
    const left = await this.queue.stop();
    // It is unknown whether the server accepted them.
    if (left > 0) this.logger.warn(`The mail server has ${left} letters in hand at the stop`);
  }

  /** Tells the worker that messages may be due. */
  wake(): void {
    this.queue.wake();
  }

  /** Resolves when every due message has been tried. */
  drain(): Promise<void> {
    return this.queue.drain();
  }

  waiting(): FindOptionsWhere<Letter> {
    return { state: LETTER_STATE.QUEUED };
  }

  async try(letter: Letter): Promise<Outcome<Letter>> {
    const changes = await this.delivery.try(letter);
    if (changes.state === LETTER_STATE.DEAD) {
      this.logger.warn(`Gave up the letter ${letter.id} (${letter.kind}): ${changes.lastError}`);
    }
    return { changes };
  }

  whileUnderWay(letter: Letter, waitedMs: number): News<Letter> | undefined {
    if (waitedMs < FAILING_MS || this.toldAsFailing.has(letter)) return undefined;
    this.toldAsFailing.add(letter);
    const changes = { triedAt: this.clock.now(), serverFailed: true, lastError: 'no answer for a minute' };
    return { changes, afterwards: () => this.noteServer(changes) };
  }

  afterSettled(_letter: Letter, { changes }: Outcome<Letter>): Promise<void> {
    return this.noteServer(changes);
  }

  /** When the mail server works again, makes the messages that waited for it due at once. */
  private async noteServer({ triedAt, serverFailed, lastError }: Partial<Letter>): Promise<void> {
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
}
