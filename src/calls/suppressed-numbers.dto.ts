import { ApiProperty } from '@nestjs/swagger';
import { ExportedAs } from '../kept-data/exported-data.js';
import { Answer } from '../openapi/answers.js';
import { E164Field } from '../phone-numbers/phone-numbers.dto.js';
import { TO_EXAMPLE } from './calls.dto.js';
import type { SuppressedNumber } from './suppressed-number.entity.js';

export class SuppressedNumberDto {
  @E164Field({ description: 'The number, in E.164 form.' })
  number: string;
}

/** A number that no agent of the user calls. */
@ExportedAs('suppressedNumbers', 'Numbers that no agent calls.')
export class SuppressedNumberAnswer {
  @ApiProperty({ example: TO_EXAMPLE })
  number: string;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-01-01T00:00:00.000Z' })
  created_at: string;

  static of({ e164, createdAt }: SuppressedNumber): SuppressedNumberAnswer {
    return { number: e164, created_at: createdAt.toISOString() };
  }
}

export class SuppressedNumbersAnswer extends Answer {
  @ApiProperty({ type: [SuppressedNumberAnswer], description: 'The newest first.' })
  numbers: SuppressedNumberAnswer[];

  @ApiProperty({ type: 'integer', example: 1, description: 'How many there are on all pages.' })
  total: number;
}
