import { Injectable } from '@nestjs/common';
import { Clock, HOUR_MS, MINUTE_MS, SECOND_MS } from '../common/clock.js';
import { VERSION } from '../config/version.js';
import { Database } from '../database/database.js';
import { WebhookAddresses } from './webhook-addresses.js';
import { type WebhookAnswer, WebhookClient } from './webhook-client.js';
import { WebhookContents } from './webhook-contents.js';
import { DELIVERY_STATE, type DeliveryState, WebhookDelivery } from './webhook-delivery.entity.js';
import { WebhookSecrets } from './webhook-secrets.js';
import { signedHeaders } from './webhook-signature.js';

/** Pauses between the tries, eight in some 24 hours. */
const PAUSES_MS = [5 * SECOND_MS, 5 * MINUTE_MS, 30 * MINUTE_MS, 2 * HOUR_MS, 5 * HOUR_MS, 7 * HOUR_MS, 9 * HOUR_MS];
/** Random variation of a pause, so that deliveries that failed together are not retried together. */
const JITTER = 0.1;
const MAX_RETRY_AFTER_MS = 12 * HOUR_MS;
export const GONE = 410;

/** Columns that a try changes. */
export type AttemptChanges = Partial<
  Pick<WebhookDelivery, 'state' | 'status' | 'lastError' | 'tries' | 'triedAt' | 'nextTryAt' | 'settledAt'>
>;

/** Makes one try at a delivery. */
@Injectable()
export class WebhookAttempts {
  constructor(
    private readonly database: Database,
    private readonly addresses: WebhookAddresses,
    private readonly contents: WebhookContents,
    private readonly secrets: WebhookSecrets,
    private readonly client: WebhookClient,
    private readonly clock: Clock,
  ) {}

  async try(delivery: WebhookDelivery): Promise<AttemptChanges> {
    const { manager } = this.database.reader;
    const url = await this.addresses.urlOf(manager, delivery.projectId);
    if (url === null) return this.settled(DELIVERY_STATE.CANCELED, 'the project has no webhook any more');
    const data = await this.contents.read(manager, delivery.id);
    if (data === null) return this.settled(DELIVERY_STATE.FAILED, 'its content cannot be read any more');
    const { id, type, createdAt } = delivery;
    const body = JSON.stringify({ ...data, type, timestamp: createdAt.toISOString(), data });
    const secrets = await this.secrets.signing(delivery.projectId);
    const headers = {
      'user-agent': `Talkstack-Server/${VERSION}`,
      ...signedHeaders(id, this.clock.now(), body, secrets),
    };
    return this.judge(delivery, await this.client.post(url, headers, body));
  }

  private judge(delivery: WebhookDelivery, answer: WebhookAnswer): AttemptChanges {
    const { status } = answer;
    const tried = { tries: delivery.tries + 1, triedAt: this.clock.now(), status };
    if (status !== null && status >= 200 && status < 300) {
      return { ...tried, ...this.settled(DELIVERY_STATE.DELIVERED, null) };
    }
    const lastError = answer.error ?? (status === GONE ? 'the receiver is gone' : `the receiver answered ${status}`);
    const isOver = status === GONE || tried.tries > PAUSES_MS.length || delivery.triedUntil <= tried.triedAt;
    if (isOver) return { ...tried, ...this.settled(DELIVERY_STATE.FAILED, lastError) };
    return { ...tried, lastError, nextTryAt: this.nextTryAt(delivery, answer) };
  }

  private settled(state: DeliveryState, lastError: string | null): AttemptChanges {
    return { state, lastError, settledAt: this.clock.now() };
  }

  private nextTryAt({ tries, triedUntil }: WebhookDelivery, { retryAfter }: WebhookAnswer): Date {
    const jitter = 1 + JITTER * (2 * Math.random() - 1);
    const wanted = Math.min(MAX_RETRY_AFTER_MS, retryAfterMs(retryAfter, this.clock.now()));
    const pause = Math.max(PAUSES_MS[tries] * jitter, wanted);
    return new Date(Math.min(this.clock.in(pause).getTime(), triedUntil.getTime()));
  }
}

/** Seconds, or a moment (RFC 9110, section 10.2.3); 0 for anything else. */
function retryAfterMs(text: string | null, now: Date): number {
  if (text === null) return 0;
  if (/^\d{1,9}$/.test(text)) return Number(text) * SECOND_MS;
  const moment = Date.parse(text);
  return Number.isNaN(moment) ? 0 : Math.max(0, moment - now.getTime());
}
