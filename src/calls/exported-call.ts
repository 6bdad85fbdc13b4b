import { OmitType } from '@nestjs/swagger';
import { EntityManager } from 'typeorm';
import { ExportedAs } from '../kept-data/exported-data.js';
import { CallAnswer, CallDataAnswer } from './call-answer.js';
import { transcriptOf } from './call-transcript.js';
import type { Call } from './call.entity.js';

/** A call as it is kept, with what was said in it. Links to recordings expire, so an export has none. */
@ExportedAs('calls', 'Of all projects, with what was said.')
export class ExportedCall extends OmitType(CallDataAnswer, ['recordingUrls']) {
  static async of(call: Call, manager: EntityManager): Promise<ExportedCall> {
    const shown: ExportedCall & Partial<CallDataAnswer> = {
      ...CallAnswer.of(call),
      transcript: await transcriptOf(manager, call.id),
    };
    delete shown.recordingUrls;
    return shown;
  }
}
