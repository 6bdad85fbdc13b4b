import { ApiProperty, OmitType } from '@nestjs/swagger';
import { EntityManager, Not } from 'typeorm';
import { ExportedAs } from '../kept-data/exported-data.js';
import { CallAnswer, CallDataAnswer } from './call-answer.js';
import { transcriptOf } from './call-transcript.js';
import type { Call } from './call.entity.js';
import { Recording, type RecordingState } from './recordings/recording.entity.js';

const KEPT: RecordingState[] = ['whole', 'partial'];

/** A call as it is kept, with what was said in it. Links to recordings expire, so an export has none; it says which there are. */
@ExportedAs('calls', 'Of all projects, with what was said.')
export class ExportedCall extends OmitType(CallDataAnswer, ['recordingUrls']) {
  @ApiProperty({
    enum: [...KEPT, null],
    nullable: true,
    example: 'whole',
    description: 'How much of the call is recorded; the data of the call have a link to it.',
  })
  recording: RecordingState | null;

  static async of(call: Call, manager: EntityManager): Promise<ExportedCall> {
    const recording = await manager.findOneBy(Recording, { callId: call.id, state: Not('writing' as const) });
    const shown: ExportedCall & Partial<CallDataAnswer> = {
      recording: recording?.state ?? null,
      ...CallAnswer.of(call),
      transcript: await transcriptOf(manager, call.id),
    };
    delete shown.recordingUrls;
    return shown;
  }
}
