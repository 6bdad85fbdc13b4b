import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { Transaction } from '../database/transaction.js';
import { WebhookEvents } from '../webhooks/webhook-events.js';
import type { WebhookType } from '../webhooks/webhook-types.js';
import { CallAnswer, CallDataAnswer } from './call-answer.js';
import { sidOf } from './call-sid.js';
import { type CallStatus } from './call-status.js';
import { transcriptOf } from './call-transcript.js';
import { Call } from './call.entity.js';
import { RecordingLinks } from './recordings/recording-links.js';

/** Webhook type of each status. All others are final. */
const TYPES: Partial<Record<CallStatus, WebhookType>> = {
  queued: 'call.queued',
  initiated: 'call.initiated',
  ringing: 'call.ringing',
  'in-progress': 'call.answered',
};

/** Queues a webhook for every change of a call's status. */
@Injectable()
export class CallWebhooks {
  constructor(
    private readonly events: WebhookEvents,
    private readonly links: RecordingLinks,
  ) {}

  /** Calls of one project, as they are now, in the unit of work that changes them. */
  async tell(tx: Transaction, calls: Omit<Call, 'project'>[]): Promise<void> {
    if (calls.length === 0) return;
    await this.events.add(tx, calls[0], async () => {
      const events = [];
      for (const call of calls) {
        const type = TYPES[call.status] ?? ('call.ended' as const);
        events.push({ subjectId: sidOf(call.id), type, data: await this.dataOf(tx.manager, call) });
      }
      return events;
    });
  }

  private async dataOf(manager: EntityManager, call: Call): Promise<CallDataAnswer> {
    // Nothing is said or recorded before the answer.
    if (call.answeredAt === null) return { ...CallAnswer.of(call), transcript: [] };
    const urls = await this.links.urlsOf([call.id], manager);
    return { ...CallAnswer.of(call, urls.get(call.id)), transcript: await transcriptOf(manager, call.id) };
  }
}
