import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { Clock, HOUR_MS } from '../common/clock.js';
import { Transaction } from '../database/transaction.js';
import { notLeased } from '../outbox/leased-row.js';
import { WebhookAddresses } from './webhook-addresses.js';
import { WebhookContent } from './webhook-content.entity.js';
import { WebhookContents } from './webhook-contents.js';
import { DELIVERY_STATE, WebhookDelivery } from './webhook-delivery.entity.js';
import { WEBHOOK_PLACES, type WebhookType } from './webhook-types.js';

/** A delivery that is not made by then is given up at its next failure. The pauses between all tries take less. */
export const TRIED_FOR_MS = 26 * HOUR_MS;
/** Rows of one statement. */
const BATCH = 500;

/** Something that happened. */
export interface WebhookEvent {
  /** The `call_id` of a call. */
  subjectId: string;
  type: WebhookType;
  data: object;
}

type Owner = Pick<WebhookDelivery, 'userId' | 'projectId'>;

/** Queues webhooks in the unit of work of their cause. */
@Injectable()
export class WebhookEvents {
  private readonly listeners: (() => void)[] = [];

  constructor(
    private readonly addresses: WebhookAddresses,
    private readonly contents: WebhookContents,
    private readonly clock: Clock,
  ) {}

  /** Tells `listener` after each unit of work that queued deliveries. */
  onAdded(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** Queues what `tell` returns; does not ask it where the project has no webhook. Returns the deliveries. */
  async add(
    tx: Transaction,
    { userId, projectId }: Owner,
    tell: () => WebhookEvent[] | Promise<WebhookEvent[]>,
  ): Promise<WebhookDelivery[]> {
    if ((await this.addresses.urlOf(tx.manager, projectId)) === null) return [];
    const events = await tell();
    const rows = [];
    for (const event of events) rows.push(await this.rowOf(tx.manager, { userId, projectId }, event));
    const contents = rows.flatMap(({ id }, i) => this.contents.rowsOf(id, events[i].data));
    for (let i = 0; i < rows.length; i += BATCH) await tx.manager.insert(WebhookDelivery, rows.slice(i, i + BATCH));
    for (let i = 0; i < contents.length; i += BATCH)
      await tx.manager.insert(WebhookContent, contents.slice(i, i + BATCH));
    this.announce(tx);
    return rows;
  }

  /** Deliveries are due when this unit of work is done. */
  announce(tx: Transaction): void {
    tx.afterCommit(() => this.listeners.forEach((listener) => listener()));
  }

  private async rowOf(manager: EntityManager, owner: Owner, { subjectId, type }: WebhookEvent) {
    const now = this.clock.now();
    const position = WEBHOOK_PLACES[type];
    const due = position === 0 ? now : await this.dueBehind(manager, subjectId, now);
    return {
      ...owner,
      ...notLeased(due),
      id: uuid({ msecs: now.getTime() }),
      type,
      subjectId,
      position,
      state: DELIVERY_STATE.QUEUED,
      status: null,
      lastError: null,
      triedAt: null,
      triedUntil: this.clock.in(TRIED_FOR_MS),
      settledAt: null,
      createdAt: now,
    };
  }

  /** Not before those that are to be delivered before it: what is due is looked at again and again. */
  private async dueBehind(manager: EntityManager, subjectId: string, now: Date): Promise<Date> {
    const last = await manager.findOne(WebhookDelivery, {
      select: { id: true, nextTryAt: true },
      where: { subjectId, state: DELIVERY_STATE.QUEUED },
      order: { nextTryAt: 'DESC' },
    });
    return last && last.nextTryAt > now ? last.nextTryAt : now;
  }
}
