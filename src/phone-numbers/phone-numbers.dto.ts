import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { FlagField, ID_EXAMPLES, IdField, TextField } from '../http/fields.js';
import { Answer } from '../openapi/answers.js';
import { CARRIER_STATUSES, type CarrierStatus } from '../telephony/carrier.js';
import { TELEPHONY_ERRORS } from '../telephony/telephony.errors.js';
import { ExportedAs } from '../kept-data/exported-data.js';
import { E164_MAX_LENGTH, PhoneNumber } from './phone-number.entity.js';

const E164_EXAMPLE = '+15550100002';
const NUMBER_STATUSES = ['ASSIGNED', 'AVAILABLE'] as const;

/** A trimmed phone number; PhoneNumbersService.parse() checks it. */
export function E164Field(options: { description: string; optional?: boolean }): PropertyDecorator {
  const form = { minLength: 3, maxLength: E164_MAX_LENGTH, pattern: '^\\+[1-9]\\d{1,14}$', example: E164_EXAMPLE };
  return TextField({ ...form, ...options, invalid: TELEPHONY_ERRORS.NUMBER_INVALID });
}

export class FindNumberDto {
  @IdField({ optional: true, description: 'The number.' })
  phoneNumberId?: string;

  @IdField({ optional: true, description: 'The agent that the number is linked to.' })
  agentId?: string;

  @IdField({ optional: true, description: 'The project that the numbers belong to.' })
  projectId?: string;
}

export class RemoveNumberDto {
  @IdField({ optional: true, description: 'The number.' })
  phoneNumberId?: string;

  @E164Field({ optional: true, description: 'The number itself, in place of its id.' })
  e164?: string;

  @FlagField({ description: 'Takes the number from the project as well.' })
  release?: boolean;
}

/** A phone number, with the documented fields and ours. */
@ExportedAs('phoneNumbers', 'Of all projects.')
export class PhoneNumberAnswer {
  @ApiProperty({ example: E164_EXAMPLE })
  e164: string;

  @ApiProperty({ format: 'uuid', example: ID_EXAMPLES.phoneNumberId })
  id: string;

  @ApiProperty({ enum: NUMBER_STATUSES, description: 'Whether an agent has it.' })
  status: (typeof NUMBER_STATUSES)[number];

  @ApiProperty({ format: 'uuid', example: ID_EXAMPLES.projectId })
  projectId: string;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, example: ID_EXAMPLES.agentId })
  agentId: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    pattern: '^[A-Z]{2}$',
    example: null,
    description: 'ISO 3166-1 code; null for numbers of no one country, and for those that no country has given out.',
  })
  country: string | null;

  @ApiProperty({ enum: CARRIER_STATUSES, description: 'Whether the carrier said that the number is the account’s.' })
  verification: CarrierStatus;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-01-01T00:00:00.000Z' })
  created_at: string;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-01-01T00:01:00.000Z' })
  updated_at: string;

  static of(number: PhoneNumber): PhoneNumberAnswer {
    return {
      e164: number.e164,
      id: number.id,
      status: number.agentId === null ? 'AVAILABLE' : 'ASSIGNED',
      projectId: number.projectId,
      agentId: number.agentId,
      country: number.country,
      verification: number.carrierStatus,
      created_at: number.createdAt.toISOString(),
      updated_at: number.updatedAt.toISOString(),
    };
  }
}

export class PhoneNumberDataAnswer extends Answer {
  @ApiProperty({ type: PhoneNumberAnswer })
  data: PhoneNumberAnswer;
}

export class PhoneNumberFoundAnswer extends PhoneNumberDataAnswer {
  @ApiPropertyOptional({
    type: [PhoneNumberAnswer],
    description: 'A page of all numbers of the project, the newest first; only where a project was asked for.',
  })
  numbers?: PhoneNumberAnswer[];
}

export class PhoneNumberRemovedAnswer extends Answer {
  @ApiPropertyOptional({ type: PhoneNumberAnswer })
  data?: PhoneNumberAnswer;
}
