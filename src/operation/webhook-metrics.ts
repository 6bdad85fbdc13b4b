import { Counter, Gauge, Registry } from 'prom-client';
import { DELIVERY_STATE } from '../webhooks/webhook-delivery.entity.js';
import type { WaitingDeliveries, WebhookFigures } from '../webhooks/webhook-figures.js';

/** What only the database knows. */
function addWaiting(registers: Registry[], ask: () => Promise<WaitingDeliveries | undefined>): void {
  let asked: Promise<WaitingDeliveries | undefined> | undefined;
  // Both figures come of one question; Prometheus reads them in this order.
  const waiting: Gauge = new Gauge({
    name: 'webhook_deliveries_waiting',
    help: 'Webhooks of all instances that are not delivered yet.',
    registers,
    collect: async () => waiting.set((await (asked ??= ask()))?.count ?? NaN),
  });
  const age: Gauge = new Gauge({
    name: 'webhook_queue_age_seconds',
    help: 'For how long the longest due webhook has been due.',
    registers,
    collect: async () => {
      const found = await (asked ??= ask());
      asked = undefined;
      age.set(found?.queueAgeSeconds ?? NaN);
    },
  });
}

/** Adds the figures of webhooks. `ask` resolves to undefined when the database does not answer. */
export function addWebhookMetrics(
  registry: Registry,
  figures: WebhookFigures,
  ask: <Answer>(question: () => Promise<Answer>) => Promise<Answer | undefined>,
): void {
  const registers = [registry];
  addWaiting(registers, () => ask(() => figures.waiting()));
  const settled = new Counter({
    name: 'webhook_deliveries_settled_total',
    help: 'Webhooks that this instance delivered or gave up, by state.',
    labelNames: ['state'],
    registers,
    collect: () => {
      settled.reset();
      for (const state of [DELIVERY_STATE.DELIVERED, DELIVERY_STATE.FAILED, DELIVERY_STATE.CANCELED]) {
        settled.inc({ state }, figures.settled.get(state) ?? 0);
      }
    },
  });
  const tries: Counter = new Counter({
    name: 'webhook_tries_total',
    help: 'Tries of this instance to deliver a webhook.',
    registers,
    collect: () => {
      tries.reset();
      tries.inc(figures.tries);
    },
  });
}
