import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { Transaction } from '../database/transaction.js';
import { type CallStatus, isFinal, mayBecome } from './call-status.js';
import { Call } from './call.entity.js';

/** A new row, without its relations. */
export type CallRow = Omit<Call, 'project'>;

type Changes = Partial<Pick<CallRow, 'answeredAt' | 'answeredBy' | 'carrierCode' | 'dialStartedAt' | 'endedReason'>> &
  Partial<Pick<CallRow, 'costMicros' | 'data' | 'latency' | 'leaseOwner' | 'leasedUntil'>>;

/** The only place where the status of a call changes. */
@Injectable()
export class CallEvents {
  constructor(private readonly clock: Clock) {}

  /** Writes new calls. */
  async begin({ manager }: Transaction, calls: CallRow[]): Promise<void> {
    await manager.insert(Call, calls);
  }

  /** Takes a locked call one step further, and returns it as it is then. Returns null where the table of steps does not allow it. */
  async move(tx: Transaction, call: Call, status: CallStatus, changes: Changes = {}): Promise<Call | null> {
    if (!mayBecome(call.status, status)) return null;
    const ended = isFinal(status) ? { endedAt: this.clock.now(), leaseOwner: null, leasedUntil: null } : {};
    const all = { ...changes, ...ended, status };
    await tx.manager.update(Call, call.id, all);
    return { ...call, ...all };
  }
}
