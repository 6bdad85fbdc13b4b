import { ApiProperty } from '@nestjs/swagger';
import { ID_EXAMPLES, IdField, TextField } from '../http/fields.js';
import { Answer } from '../openapi/answers.js';
import { E164Field } from '../phone-numbers/phone-numbers.dto.js';
import { CALL_STATUSES, type CallStatus } from './call-status.js';
import { sidOf } from './call-sid.js';
import type { Call } from './call.entity.js';
import { type Variables, VariablesField } from './variables-field.js';

export const SID_EXAMPLE = sidOf(ID_EXAMPLES.callId);
export const TO_EXAMPLE = '+15550100001';
export const FROM_EXAMPLE = '+15550100002';

/** `CA` and 32 hex digits. One of any other form is unknown (404), not a validation error. */
function SidField(description: string): PropertyDecorator {
  return TextField({ optional: true, minLength: 34, maxLength: 100, description, example: SID_EXAMPLE });
}

export class MakeCallDto {
  @E164Field({ description: 'The number to call, in E.164 form.' })
  number: string;

  @IdField({ description: 'The project of the agent.' })
  projectId: string;

  @IdField({ description: 'The agent that makes the call, from its own number.' })
  agentId: string;

  @VariablesField()
  dynamicVariables?: Variables;
}

/** Names a call. */
export class FindCallDto {
  @SidField('The call.')
  sid?: string;

  @SidField('The same as `sid`, in place of it.')
  callSid?: string;

  @SidField('The same as `sid`, in place of it.')
  call_id?: string;

  @IdField({ optional: true, description: 'The project of the call; it must fit.' })
  projectId?: string;
}

/** Response to a new call. */
export class StartedCallAnswer {
  @ApiProperty({ example: SID_EXAMPLE })
  call_id: string;

  @ApiProperty({ example: SID_EXAMPLE, description: 'The same as `call_id`.' })
  callSid: string;

  @ApiProperty({ example: SID_EXAMPLE, description: 'The same as `call_id`.' })
  sid: string;

  @ApiProperty({ enum: CALL_STATUSES, example: 'queued' })
  status: CallStatus;

  @ApiProperty({ example: TO_EXAMPLE })
  to: string;

  @ApiProperty({ example: FROM_EXAMPLE, description: 'The number of the agent.' })
  from: string;

  static of(call: Pick<Call, 'id' | 'status' | 'toNumber' | 'fromNumber'>): StartedCallAnswer {
    const sid = sidOf(call.id);
    return { call_id: sid, callSid: sid, sid, status: call.status, to: call.toNumber, from: call.fromNumber };
  }
}

export class MakeCallAnswer extends Answer {
  @ApiProperty({ type: StartedCallAnswer })
  call: StartedCallAnswer;
}
