import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsIn, IsOptional } from 'class-validator';
import { ID_EXAMPLES } from '../http/fields.js';
import { RowsQuery } from '../http/paging.js';
import { ExportedAs } from '../kept-data/exported-data.js';
import { DELIVERY_STATE, type DeliveryState, type WebhookDelivery } from './webhook-delivery.entity.js';
import { WEBHOOK_TYPES, type WebhookType } from './webhook-types.js';

const STATES = Object.values(DELIVERY_STATE);
const MOMENT = { type: String, format: 'date-time' } as const;

export class WebhookDeliveriesQuery extends RowsQuery {
  @Transform(({ value }: { value: unknown }) => (value === '' ? undefined : value))
  @IsOptional()
  @IsIn(STATES, { message: `$property must be one of ${STATES.join(', ')}` })
  @ApiPropertyOptional({ enum: STATES, description: 'Only those in this state.', example: 'failed' })
  state?: DeliveryState;
}

/** A webhook's delivery and its state, without the content. */
@ExportedAs('webhookDeliveries', 'Of the last days, without what they told: that is told with the calls.')
export class WebhookDeliveryAnswer {
  @ApiProperty({ format: 'uuid', example: ID_EXAMPLES.deliveryId, description: 'The same as the header `webhook-id`.' })
  id: string;

  @ApiProperty({ enum: WEBHOOK_TYPES, example: 'call.ended' })
  type: WebhookType;

  @ApiProperty({
    type: String,
    nullable: true,
    example: `CA${ID_EXAMPLES.callId.replaceAll('-', '')}`,
    description: 'The call that it tells of; null for a test.',
  })
  call_id: string | null;

  @ApiProperty({
    enum: STATES,
    example: 'delivered',
    description:
      '`queued`: waits for its next try, or for those of its call before it. `failed`: given up. `canceled`: there is nowhere to deliver it to.',
  })
  state: DeliveryState;

  @ApiProperty({ type: 'integer', nullable: true, example: 204, description: 'HTTP status of the last answer.' })
  status: number | null;

  @ApiProperty({ type: 'integer', example: 1 })
  tries: number;

  @ApiProperty({ type: String, nullable: true, example: null, description: 'Why the last try failed.' })
  lastError: string | null;

  @ApiProperty({ ...MOMENT, example: '2026-01-01T00:00:50.000Z', description: 'Moment of what it tells of.' })
  createdAt: string;

  @ApiProperty({
    ...MOMENT,
    nullable: true,
    example: '2026-01-01T00:00:51.000Z',
    description: 'Moment of the last try.',
  })
  triedAt: string | null;

  @ApiProperty({ ...MOMENT, nullable: true, example: null, description: 'Not tried before; null when it is settled.' })
  nextTryAt: string | null;

  static of(delivery: WebhookDelivery): WebhookDeliveryAnswer {
    const { id, type, subjectId, state, status, tries, lastError, createdAt, triedAt, nextTryAt } = delivery;
    const isQueued = state === DELIVERY_STATE.QUEUED;
    return {
      id,
      type,
      call_id: type === 'webhook.test' ? null : subjectId,
      state,
      status,
      tries,
      lastError,
      createdAt: createdAt.toISOString(),
      triedAt: triedAt?.toISOString() ?? null,
      nextTryAt: isQueued ? nextTryAt.toISOString() : null,
    };
  }
}
