import { Injectable, Logger, OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { Database } from '../database/database.js';
import { PhoneNumber } from '../phone-numbers/phone-number.entity.js';
import { Project } from '../projects/project.entity.js';
import type { IncomingCall } from '../telephony/phone-line.js';
import { Lines } from '../telephony/lines.js';
import { CallClaims } from './call-claims.js';
import type { CallRow } from './call-events.js';
import { CallQueue } from './call-queue.js';
import { CallRunner } from './call-runner.js';
import { queuedCall } from './queued-call.js';

/** What a row says where the caller does not tell a number. */
const UNKNOWN = 'unknown';

/** Carriers write numbers with `+`, with `00`, or as bare digits with the country's code. Null for anything else. */
function e164Of(text: string): string | null {
  const digits = /^(?:\+|00)?([1-9]\d{6,14})$/.exec(text)?.[1];
  return digits === undefined ? null : `+${digits}`;
}

/** Calls that come in: the number's agent answers, else the active agent of its project. */
@Injectable()
export class IncomingCalls implements OnApplicationBootstrap {
  private readonly logger = new Logger('Calls');

  constructor(
    private readonly lines: Lines,
    private readonly database: Database,
    private readonly claims: CallClaims,
    private readonly queue: CallQueue,
    private readonly runner: CallRunner,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.lines.line?.onIncoming?.((call) => void this.receive(call));
  }

  private async receive(incoming: IncomingCall): Promise<void> {
    try {
      if (!this.runner.hasRoom) return incoming.refuse('busy');
      const whose = await this.whose(e164Of(incoming.to));
      if (!whose) return incoming.refuse('unknown-number');
      const call = this.rowOf(whose, incoming);
      if (!(await this.queue.addIncoming(call))) return incoming.refuse('busy');
      this.runner.take(call, incoming);
    } catch (error) {
      this.logger.error('A call that came in could not be taken', error);
      incoming.refuse('busy');
    }
  }

  /** The agent that answers a number; null where it is nobody's, or its project has no agent for it. */
  private async whose(
    e164: string | null,
  ): Promise<Pick<CallRow, 'userId' | 'projectId' | 'agentId' | 'toNumber'> | null> {
    const { manager } = this.database.reader;
    const number = e164 === null ? null : await manager.findOneBy(PhoneNumber, { e164 });
    if (!number) return null;
    const { userId, projectId } = number;
    const agentId = number.agentId ?? (await manager.findOneBy(Project, { id: projectId }))?.activeAgent ?? null;
    return agentId === null ? null : { userId, projectId, agentId, toNumber: number.e164 };
  }

  /** The row of a call that rings here; the line is this instance's, and so is the call. */
  private rowOf(
    whose: Pick<CallRow, 'userId' | 'projectId' | 'agentId' | 'toNumber'>,
    { from }: IncomingCall,
  ): CallRow {
    const now = this.clock.now();
    return {
      ...queuedCall({ ...whose, fromNumber: e164Of(from) ?? UNKNOWN, dynamicVariables: '{}' }, now),
      ...this.claims.lease(),
      direction: 'inbound',
      status: 'ringing',
      dialStartedAt: now,
    };
  }
}
