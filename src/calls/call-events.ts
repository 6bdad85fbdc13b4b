import { Injectable } from '@nestjs/common';
import { Clock, MINUTE_MS } from '../common/clock.js';
import { Transaction } from '../database/transaction.js';
import { type CallStatus, isFinal, mayBecome } from './call-status.js';
import { CallFigures } from './call-figures.js';
import { CallWebhooks } from './call-webhooks.js';
import { Call } from './call.entity.js';
import { CallsSettings } from './calls.settings.js';

/** A call's row without its relations. */
export type CallRow = Omit<Call, 'project'>;

/** Columns that may change together with a call's status. */
export type CallChanges = Partial<
  Pick<CallRow, 'answeredAt' | 'answeredBy' | 'carrierCode' | 'dialStartedAt' | 'endedReason'>
> &
  Partial<Pick<CallRow, 'costMicros' | 'data' | 'latency' | 'leaseOwner' | 'leasedUntil'>>;

/** The only place where a call's status changes and webhooks about it are queued. */
@Injectable()
export class CallEvents {
  constructor(
    private readonly clock: Clock,
    private readonly settings: CallsSettings,
    private readonly webhooks: CallWebhooks,
    private readonly figures: CallFigures,
  ) {}

  /** Writes new calls of one project. */
  async begin(tx: Transaction, calls: CallRow[]): Promise<void> {
    await tx.manager.insert(Call, calls);
    await this.webhooks.tell(tx, calls);
  }

  /** Changes the status of a locked call and returns the changed call; null when STEPS does not allow the change. */
  async move(tx: Transaction, call: Call, status: CallStatus, changes: CallChanges = {}): Promise<Call | null> {
    if (!mayBecome(call.status, status)) return null;
    const all = { ...changes, ...(isFinal(status) && this.settled(call)), status };
    await tx.manager.update(Call, call.id, all);
    const moved = { ...call, ...all };
    await this.webhooks.tell(tx, [moved]);
    if (isFinal(status)) tx.afterCommit(() => this.figures.noteEnd(status));
    return moved;
  }

  private settled({ answeredAt }: Call): CallChanges & Pick<Call, 'endedAt'> {
    const endedAt = this.clock.now();
    const minutes = answeredAt ? Math.ceil((endedAt.getTime() - answeredAt.getTime()) / MINUTE_MS) : 0;
    return { endedAt, leaseOwner: null, leasedUntil: null, costMicros: minutes * this.settings.microsPerMinute };
  }
}
