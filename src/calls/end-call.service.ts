import { Injectable } from '@nestjs/common';
import { AppError } from '../common/app-error.js';
import { Clock } from '../common/clock.js';
import { Caller } from '../credentials/caller.js';
import { Database } from '../database/database.js';
import { success } from '../openapi/answers.js';
import { conditionOf } from './call-data.service.js';
import { CallEvents } from './call-events.js';
import { isFinal } from './call-status.js';
import { Call } from './call.entity.js';
import { FindCallDto, MakeCallAnswer, StartedCallAnswer } from './calls.dto.js';
import { CALLS_ERRORS } from './calls.errors.js';

/** Ends calls on request. */
@Injectable()
export class EndCallService {
  private readonly listeners: ((callId: string) => void)[] = [];

  constructor(
    private readonly database: Database,
    private readonly events: CallEvents,
    private readonly clock: Clock,
  ) {}

  /** Tells `listener` after each request for the end of a call that an instance works on. */
  onRequested(listener: (callId: string) => void): void {
    this.listeners.push(listener);
  }

  async endCall(body: FindCallDto, { userId }: Caller): Promise<MakeCallAnswer> {
    const where = conditionOf(body, userId);
    const [before, call] = await this.database.write(async (tx) => {
      const call = await tx.lock(Call, where);
      if (!call) throw new AppError(CALLS_ERRORS.CALL_NOT_FOUND);
      if (isFinal(call.status)) return [call, call];
      const canceled =
        call.status === 'queued' && (await this.events.move(tx, call, 'canceled', { endedReason: 'canceled' }));
      if (canceled) return [call, canceled];
      await tx.manager.update(Call, call.id, { endRequestedAt: call.endRequestedAt ?? this.clock.now() });
      tx.afterCommit(() => this.listeners.forEach((listener) => listener(call.id)));
      return [call, call];
    });
    const message = this.messageOf(before, call);
    return success(message, { call: StartedCallAnswer.of(call) });
  }

  private messageOf(before: Call, call: Call): string {
    if (isFinal(before.status)) return 'The call was over already.';
    return isFinal(call.status) ? 'The call is canceled.' : 'The call is being ended.';
  }
}
