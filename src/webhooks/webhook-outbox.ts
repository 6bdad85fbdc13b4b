import { BeforeApplicationShutdown, Injectable, OnApplicationBootstrap } from '@nestjs/common';
import { FindOptionsWhere, Not } from 'typeorm';
import { Clock, SECOND_MS } from '../common/clock.js';
import { Database } from '../database/database.js';
import { Transaction } from '../database/transaction.js';
import { LeasedQueue, Outcome, QueueWork } from '../outbox/leased-queue.js';
import { LeasedRows } from '../outbox/leased-rows.js';
import { type AttemptChanges, GONE, WebhookAttempts } from './webhook-attempts.js';
import { DELIVERY_STATE, WebhookDelivery } from './webhook-delivery.entity.js';
import { WebhookEvents } from './webhook-events.js';
import { WebhookFigures } from './webhook-figures.js';
import { WebhookShares } from './webhook-shares.js';
import { WebhooksSettings } from './webhooks.settings.js';

/** Deliveries under way at the same time on one instance; a slow one is passed by others. */
const MAX_QUICK = 100;
const MAX_UNDER_WAY = 400;
const SLOW_MS = 2 * SECOND_MS;
/** A try takes no longer than WEBHOOK_TIMEOUT_MS; one that is cut off at a stop is made again by whoever takes over. */
const STOP_GRACE_MS = 10 * SECOND_MS;

/** Delivers webhooks: those of one call in their order, those of all projects side by side. */
@Injectable()
export class WebhookOutbox implements OnApplicationBootstrap, BeforeApplicationShutdown, QueueWork<WebhookDelivery> {
  private readonly queue: LeasedQueue<WebhookDelivery>;

  constructor(
    database: Database,
    clock: Clock,
    settings: WebhooksSettings,
    private readonly attempts: WebhookAttempts,
    private readonly shares: WebhookShares,
    private readonly events: WebhookEvents,
    private readonly figures: WebhookFigures,
  ) {
    const rows = new LeasedRows(WebhookDelivery, database, clock, settings.WEBHOOK_LEASE_SECONDS * SECOND_MS);
    this.queue = new LeasedQueue('Webhooks', rows, this, clock, {
      maxQuick: MAX_QUICK,
      maxUnderWay: MAX_UNDER_WAY,
      slowMs: SLOW_MS,
      pollMs: settings.WEBHOOK_POLL_MS,
      graceMs: STOP_GRACE_MS,
    });
  }

  onApplicationBootstrap(): void {
    this.events.onAdded(() => this.queue.wake());
    this.queue.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.queue.stop();
  }

  /** Resolves when every delivery that is due has been tried. */
  drain(): Promise<void> {
    return this.queue.drain();
  }

  waiting(): FindOptionsWhere<WebhookDelivery> {
    return { state: DELIVERY_STATE.QUEUED };
  }

  choose(underWay: WebhookDelivery[], limit: number): Promise<string[]> {
    return this.shares.choose(underWay, limit);
  }

  async try(delivery: WebhookDelivery): Promise<Outcome<WebhookDelivery>> {
    const changes = await this.attempts.try(delivery);
    return { changes, aftermath: (tx) => this.settleFollowers(tx, delivery, changes) };
  }

  afterSettled(_delivery: WebhookDelivery, { changes }: Outcome<WebhookDelivery>): Promise<void> {
    this.figures.note(changes);
    return Promise.resolve();
  }

  /** Those behind it are due when it is: at once when it is settled. A receiver that is gone gets no more of this call. */
  private async settleFollowers(
    { manager }: Transaction,
    { id, subjectId }: WebhookDelivery,
    changes: AttemptChanges,
  ): Promise<void> {
    const followers = { subjectId, id: Not(id), state: DELIVERY_STATE.QUEUED };
    const { settledAt, nextTryAt, triedAt, status, lastError } = changes;
    if (status === GONE) {
      await manager.update(WebhookDelivery, followers, { state: DELIVERY_STATE.CANCELED, settledAt, lastError });
    } else {
      await manager.update(WebhookDelivery, followers, { nextTryAt: settledAt ? (triedAt ?? settledAt) : nextTryAt });
    }
  }
}
