import { Injectable } from '@nestjs/common';
import { FindOptionsWhere } from 'typeorm';
import { AppError } from '../common/app-error.js';
import { Caller } from '../credentials/caller.js';
import { Database } from '../database/database.js';
import { requireOneOf } from '../http/validation.js';
import { CallAnswer, CallDataAnswer } from './call-answer.js';
import { idOf } from './call-sid.js';
import { Call } from './call.entity.js';
import { transcriptOf } from './call-transcript.js';
import { FindCallDto } from './calls.dto.js';
import { CALLS_ERRORS } from './calls.errors.js';
import { RecordingLinks } from './recordings/recording-links.js';

/** Returns the condition for the call that a request names: id, owner and, if sent, project. Throws CALL_NOT_FOUND for a malformed sid. */
export function conditionOf(body: FindCallDto, userId: string): FindOptionsWhere<Call> {
  requireOneOf(body, 'sid', 'callSid', 'call_id');
  const id = idOf(body.sid ?? body.callSid ?? body.call_id ?? '');
  if (id === null) throw new AppError(CALLS_ERRORS.CALL_NOT_FOUND);
  return { id, ...(body.projectId !== undefined && { projectId: body.projectId }), userId };
}

/** Reads calls. */
@Injectable()
export class CallDataService {
  constructor(
    private readonly database: Database,
    private readonly links: RecordingLinks,
  ) {}

  async getCall(body: FindCallDto, { userId }: Caller): Promise<CallDataAnswer> {
    const call = await this.find(conditionOf(body, userId));
    const urls = await this.links.urlsOf([call.id]);
    const transcript = await transcriptOf(this.database.reader.manager, call.id);
    return { ...CallAnswer.of(call, urls.get(call.id)), transcript };
  }

  byId(id: string, userId: string): Promise<Call> {
    return this.find({ id, userId });
  }

  private async find(where: FindOptionsWhere<Call>): Promise<Call> {
    const call = await this.database.reader.manager.findOneBy(Call, where);
    if (!call) throw new AppError(CALLS_ERRORS.CALL_NOT_FOUND);
    return call;
  }
}
