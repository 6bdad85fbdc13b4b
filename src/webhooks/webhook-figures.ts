import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { Database } from '../database/database.js';
import type { AttemptChanges } from './webhook-attempts.js';
import { DELIVERY_STATE, type DeliveryState, WebhookDelivery } from './webhook-delivery.entity.js';

/** Deliveries that wait, of all instances. */
export interface WaitingDeliveries {
  count: number;
  /** For how long the longest due delivery has been due, seconds; 0 when none is. */
  queueAgeSeconds: number;
}

/** Counts deliveries, for the metrics. */
@Injectable()
export class WebhookFigures {
  /** Deliveries that this instance settled since its start, by what became of them. */
  readonly settled = new Map<DeliveryState, number>();
  /** Tries of this instance since its start. */
  tries = 0;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  note({ state, triedAt }: AttemptChanges): void {
    if (triedAt) this.tries += 1;
    if (state !== undefined) this.settled.set(state, (this.settled.get(state) ?? 0) + 1);
  }

  /** Counts by an index of waiting deliveries, so settled ones cost nothing. */
  async waiting(): Promise<WaitingDeliveries> {
    const { manager } = this.database.reader;
    const where = { state: DELIVERY_STATE.QUEUED };
    const select = { id: true, nextTryAt: true } as const;
    const head = await manager.findOne(WebhookDelivery, { select, where, order: { nextTryAt: 'ASC' } });
    const dueMs = head ? this.clock.now().getTime() - head.nextTryAt.getTime() : 0;
    return { count: await manager.countBy(WebhookDelivery, where), queueAgeSeconds: Math.max(0, dueMs) / 1000 };
  }
}
