import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { AppError } from '../common/app-error.js';
import { Clock } from '../common/clock.js';
import { Database } from '../database/database.js';
import { idsOnPage, rowsByKey } from '../database/row-pages.js';
import { Transaction } from '../database/transaction.js';
import { Page } from '../http/paging.js';
import { notLeased } from '../outbox/leased-row.js';
import { DELIVERY_STATE, WebhookDelivery } from './webhook-delivery.entity.js';
import { TRIED_FOR_MS, WebhookEvents } from './webhook-events.js';
import { WebhookDeliveriesQuery, WebhookDeliveryAnswer } from './webhooks.dto.js';
import { WEBHOOKS_ERRORS } from './webhooks.errors.js';

/** The deliveries of a project, for its owner. Whoever asks has made sure of that, and holds the project's lock where they change. */
@Injectable()
export class WebhookDeliveries {
  constructor(
    private readonly database: Database,
    private readonly events: WebhookEvents,
    private readonly clock: Clock,
  ) {}

  async list(projectId: string, query: WebhookDeliveriesQuery): Promise<Page<WebhookDeliveryAnswer[]>> {
    const { manager } = this.database.reader;
    const where = { projectId, ...(query.state !== undefined && { state: query.state }) };
    const { ids, total, hasMore } = await idsOnPage(manager, WebhookDelivery, where, query);
    const body: WebhookDeliveryAnswer[] = [];
    for await (const row of rowsByKey(manager, WebhookDelivery, ids)) body.push(WebhookDeliveryAnswer.of(row));
    return { body, total, next: hasMore ? { pageSize: query.pageSize, after: ids[ids.length - 1] } : null };
  }

  /** Lets a delivery be made once more, with the same id and content, wherever the webhook leads now. One that is just being made goes on. */
  async replay(tx: Transaction, projectId: string, deliveryId: string): Promise<WebhookDeliveryAnswer> {
    const where = { id: deliveryId.toLowerCase(), projectId };
    const row = isUUID(deliveryId) ? await tx.lock(WebhookDelivery, where) : null;
    if (!row) throw new AppError(WEBHOOKS_ERRORS.WEBHOOK_DELIVERY_NOT_FOUND);
    const now = this.clock.now();
    if (row.leasedUntil !== null && row.leasedUntil > now) return WebhookDeliveryAnswer.of(row);
    const changes = {
      ...notLeased(now),
      state: DELIVERY_STATE.QUEUED,
      settledAt: null,
      triedUntil: this.clock.in(TRIED_FOR_MS),
    };
    await tx.manager.update(WebhookDelivery, row.id, changes);
    this.events.announce(tx);
    return WebhookDeliveryAnswer.of({ ...row, ...changes });
  }

  /** Queues a webhook that tells of nothing. A project has one at most, in place of the one before. Throws WEBHOOK_NOT_SET. */
  async test(
    tx: Transaction,
    { userId, projectId }: Pick<WebhookDelivery, 'userId' | 'projectId'>,
  ): Promise<WebhookDeliveryAnswer> {
    await tx.manager.delete(WebhookDelivery, { subjectId: projectId });
    const test = { subjectId: projectId, type: 'webhook.test' as const, data: { projectId } };
    const [row] = await this.events.add(tx, { userId, projectId }, () => [test]);
    if (row === undefined) throw new AppError(WEBHOOKS_ERRORS.WEBHOOK_NOT_SET);
    return WebhookDeliveryAnswer.of(row);
  }

  async remove({ manager }: Transaction, projectId: string): Promise<void> {
    await manager.delete(WebhookDelivery, { projectId });
  }
}
