import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { SECOND_MS } from '../common/clock.js';
import { ID_EXAMPLES } from '../http/fields.js';
import { CALL_STATUSES, type CallStatus, ENDED_REASONS, type EndedReason } from './call-status.js';
import { sidOf } from './call-sid.js';
import type { CallTurn } from './call-turn.entity.js';
import type { AnsweredBy, Call } from './call.entity.js';
import { FROM_EXAMPLE, SID_EXAMPLE, TO_EXAMPLE } from './calls.dto.js';
import type { Variables } from './variables-field.js';

const MOMENT = { type: String, format: 'date-time', nullable: true } as const;
const VARIABLE = { type: String, nullable: true, example: null } as const;
const MICROS = 1_000_000;

/** Returns a moment in the format of RFC 2822, in UTC. */
function rfc2822(moment: Date): string {
  return moment.toUTCString().replace('GMT', '+0000');
}

/** How long the person waited for answers, milliseconds: medians over turns; null when nothing was measured. */
export interface CallLatency {
  answerToSpeechMs: number | null;
  turnMs: { p50: number | null; p95: number | null; max: number | null };
  speechToTextMs: number | null;
  languageModelMs: number | null;
  textToSpeechMs: number | null;
}

const MILLISECONDS = { type: 'number', nullable: true } as const;
const LATENCY_EXAMPLE: CallLatency = {
  answerToSpeechMs: 80,
  turnMs: { p50: 620, p95: 900, max: 1100 },
  speechToTextMs: 150,
  languageModelMs: 300,
  textToSpeechMs: 120,
};
/** Inline, because a reference cannot be nullable in OpenAPI 3.0. */
const LATENCY = {
  type: 'object',
  nullable: true,
  properties: {
    answerToSpeechMs: MILLISECONDS,
    turnMs: { type: 'object', properties: { p50: MILLISECONDS, p95: MILLISECONDS, max: MILLISECONDS } },
    speechToTextMs: MILLISECONDS,
    languageModelMs: MILLISECONDS,
    textToSpeechMs: MILLISECONDS,
  },
  description: 'How long the person waited, milliseconds; null for a call that nobody answered.',
  example: LATENCY_EXAMPLE,
} as const;

/** A call, with the documented fields and additional ones. */
export class CallAnswer {
  @ApiProperty({ type: 'integer', example: 42, description: 'From the answer to the end; 0 without an answer.' })
  seconds: number;

  @ApiProperty({ example: 0.05 })
  cost: number;

  @ApiProperty({ enum: CALL_STATUSES, example: 'completed' })
  status: CallStatus;

  @ApiProperty({ example: FROM_EXAMPLE })
  from: string;

  @ApiProperty({ example: TO_EXAMPLE })
  to: string;

  @ApiProperty({ example: 'Thu, 01 Jan 2026 00:00:00 +0000', description: 'The start as RFC 2822 writes it.' })
  date: string;

  @ApiProperty({
    type: [String],
    example: [],
    description:
      'Where the recording can be fetched for a while, without credentials: stereo `audio/wav`, the person left, the agent right; ranges are served. None without a recording.',
  })
  recordingUrls: string[];

  @ApiProperty({ example: TO_EXAMPLE, description: 'The same as `to`.' })
  phoneNumber: string;

  @ApiProperty({ example: SID_EXAMPLE })
  callSid: string;

  @ApiProperty({ ...VARIABLE, description: 'The dynamic variable of this name.' })
  partnerId: string | null;

  @ApiProperty({ ...VARIABLE, description: 'The dynamic variable of this name.' })
  shiftId: string | null;

  @ApiProperty({ ...VARIABLE, description: 'The dynamic variable of this name.' })
  assignmentId: string | null;

  @ApiProperty({ type: 'object', additionalProperties: true, example: {}, description: 'What was found out.' })
  data: Record<string, unknown>;

  @ApiProperty({ example: SID_EXAMPLE, description: 'The same as `callSid`.' })
  call_id: string;

  @ApiProperty({ example: SID_EXAMPLE, description: 'The same as `callSid`.' })
  sid: string;

  @ApiProperty({ format: 'uuid', example: ID_EXAMPLES.projectId })
  projectId: string;

  @ApiProperty({ format: 'uuid', example: ID_EXAMPLES.agentId })
  agentId: string;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, example: null })
  batchId: string | null;

  @ApiProperty({ enum: ['outbound', 'inbound'] })
  direction: 'outbound' | 'inbound';

  @ApiProperty({ enum: [...ENDED_REASONS, null], nullable: true, example: 'person-hung-up' })
  endedReason: EndedReason | null;

  @ApiProperty({ type: 'integer', nullable: true, example: null, description: 'The SIP status, or the carrier’s own.' })
  carrierCode: number | null;

  @ApiProperty({ enum: ['human', 'machine', 'unknown', null], nullable: true, example: 'human' })
  answeredBy: AnsweredBy | null;

  @ApiProperty({ ...MOMENT, nullable: false, example: '2026-01-01T00:00:00.000Z' })
  queuedAt: string;

  @ApiProperty({ ...MOMENT, example: '2026-01-01T00:00:00.000Z', description: 'When it was handed to the engine.' })
  startTime: string | null;

  @ApiProperty({ ...MOMENT, example: '2026-01-01T00:00:08.000Z' })
  answeredAt: string | null;

  @ApiProperty({ ...MOMENT, example: '2026-01-01T00:00:50.000Z' })
  endTime: string | null;

  @ApiProperty({ type: 'object', additionalProperties: true, example: { name: 'Ada' } })
  dynamicVariables: Variables;

  @ApiProperty({ type: String, nullable: true, example: null })
  summary: string | null;

  @ApiProperty({ type: String, nullable: true, example: null })
  sentiment: string | null;

  @ApiProperty({ ...LATENCY, properties: { ...LATENCY.properties } })
  latency: CallLatency | null;

  static of(call: Call, recordingUrls: string[] = []): CallAnswer {
    const sid = sidOf(call.id);
    const variables = JSON.parse(call.dynamicVariables) as Variables;
    const variable = (name: string) => (Object.hasOwn(variables, name) ? String(variables[name]) : null);
    return {
      seconds: secondsOf(call),
      cost: call.costMicros / MICROS,
      status: call.status,
      from: call.fromNumber,
      to: call.toNumber,
      date: rfc2822(call.dialStartedAt ?? call.createdAt),
      recordingUrls,
      phoneNumber: call.toNumber,
      callSid: sid,
      partnerId: variable('partnerId'),
      shiftId: variable('shiftId'),
      assignmentId: variable('assignmentId'),
      data: JSON.parse(call.data) as Record<string, unknown>,
      call_id: sid,
      sid,
      projectId: call.projectId,
      agentId: call.agentId,
      batchId: call.batchId,
      direction: call.direction,
      endedReason: call.endedReason,
      carrierCode: call.carrierCode,
      answeredBy: call.answeredBy,
      queuedAt: call.createdAt.toISOString(),
      startTime: call.dialStartedAt?.toISOString() ?? null,
      answeredAt: call.answeredAt?.toISOString() ?? null,
      endTime: call.endedAt?.toISOString() ?? null,
      dynamicVariables: variables,
      summary: call.summary,
      sentiment: call.sentiment,
      latency: call.latency === null ? null : (JSON.parse(call.latency) as CallLatency),
    };
  }
}

/** Whole seconds from the answer to the end; 0 before the end, and without an answer. */
export function secondsOf({ answeredAt, endedAt }: Pick<Call, 'answeredAt' | 'endedAt'>): number {
  return answeredAt && endedAt ? Math.round((endedAt.getTime() - answeredAt.getTime()) / SECOND_MS) : 0;
}

/** What one side said. */
export class TurnAnswer {
  @ApiProperty({ enum: ['agent', 'person'] })
  role: 'agent' | 'person';

  @ApiProperty({ example: 'Good morning.', description: 'Of the agent only what was heard.' })
  text: string;

  @ApiProperty({ type: 'integer', example: 0, description: 'Milliseconds since the answer.' })
  startMs: number;

  @ApiProperty({ type: 'integer', example: 900, description: 'Milliseconds since the answer.' })
  endMs: number;

  @ApiPropertyOptional({ example: true, description: 'The person spoke before the agent had said all.' })
  interrupted?: boolean;

  static of({ role, text, startMs, endMs, interrupted }: CallTurn): TurnAnswer {
    return { role, text, startMs, endMs, ...(interrupted && { interrupted }) };
  }
}

export class CallDataAnswer extends CallAnswer {
  @ApiProperty({ type: [TurnAnswer] })
  transcript: TurnAnswer[];
}
