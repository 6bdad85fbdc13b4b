import { Injectable } from '@nestjs/common';
import { Clock, MINUTE_MS } from '../common/clock.js';
import { Transaction } from '../database/transaction.js';
import { type CallStatus, isFinal, mayBecome } from './call-status.js';
import { CallFigures } from './call-figures.js';
import { CallWebhooks } from './call-webhooks.js';
import { Call } from './call.entity.js';
import { CallsSettings } from './calls.settings.js';

/** A new row, without its relations. */
export type CallRow = Omit<Call, 'project'>;

/** What may change with the status of a call. */
export type CallChanges = Partial<
  Pick<CallRow, 'answeredAt' | 'answeredBy' | 'carrierCode' | 'dialStartedAt' | 'endedReason'>
> &
  Partial<Pick<CallRow, 'costMicros' | 'data' | 'latency' | 'leaseOwner' | 'leasedUntil'>>;

/** The only place where the status of a call changes, and where webhooks hear of it. */
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

  /** Takes a locked call one step further, and returns it as it is then. Returns null where the table of steps does not allow it. */
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
