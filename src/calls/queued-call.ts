import { v7 as uuid } from 'uuid';
import type { CallRow } from './call-events.js';

/** Returns the row of a call that is new and waits to be dialled. */
export function queuedCall(
  known: Pick<CallRow, 'userId' | 'projectId' | 'agentId' | 'toNumber' | 'fromNumber' | 'dynamicVariables'>,
  now: Date,
): CallRow {
  return {
    ...known,
    id: uuid({ msecs: now.getTime() }),
    batchId: null,
    direction: 'outbound',
    status: 'queued',
    endedReason: null,
    carrierCode: null,
    answeredBy: null,
    dialStartedAt: null,
    answeredAt: null,
    endedAt: null,
    endRequestedAt: null,
    leaseOwner: null,
    leasedUntil: null,
    costMicros: 0,
    data: '{}',
    summary: null,
    sentiment: null,
    latency: null,
    createdAt: now,
  };
}
