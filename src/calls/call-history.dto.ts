import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsIn, IsOptional, ValidateBy } from 'class-validator';
import { IdField, TextField } from '../http/fields.js';
import { MAX_PAGES, MAX_PER_PAGE, wholeNumber } from '../http/paging.js';
import { Answer } from '../openapi/answers.js';
import { E164_MAX_LENGTH } from '../phone-numbers/phone-number.entity.js';
import { CallAnswer } from './call-answer.js';
import { CALL_STATUSES, type CallStatus } from './call-status.js';
import { FROM_EXAMPLE, TO_EXAMPLE } from './calls.dto.js';

const CURSOR_MAX_LENGTH = 100;
const USUAL_PAGE_SIZE = 20;
const DAY = /^\d{4}-\d\d-\d\d$/;

/** Returns the start of a day such as `2026-02-28`, in UTC; null for any other text. */
export function midnightOf(day: string): Date | null {
  const moment = DAY.test(day) ? new Date(`${day}T00:00:00.000Z`) : null;
  return moment && !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(day) ? moment : null;
}

/** A blank or null filter counts as absent. */
const Trimmed = () =>
  Transform(({ value }: { value: unknown }) => {
    const trimmed = typeof value === 'string' ? value.trim() : value;
    return trimmed === '' || trimmed === null ? undefined : trimmed;
  });

function DayField(description: string): PropertyDecorator {
  return applyDecorators(
    Trimmed(),
    IsOptional(),
    ValidateBy({
      name: 'day',
      validator: {
        validate: (value) => typeof value === 'string' && midnightOf(value) !== null,
        defaultMessage: (args) => `${args?.property} must be a date such as 2026-01-31`,
      },
    }),
    ApiPropertyOptional({
      type: String,
      pattern: DAY.source,
      minLength: 10,
      maxLength: 10,
      description: `${description}, in UTC.`,
      example: '2026-01-31',
    }),
  );
}

/** Accepts a whole number as a JSON number or in digits. */
function WholeField(options: { max: number; default?: number; description: string }): PropertyDecorator {
  const { max } = options;
  return applyDecorators(
    Transform(({ value }: { value: unknown }) => (value === null || value === '' ? undefined : wholeNumber(value))),
    IsOptional(),
    ValidateBy({
      name: 'whole',
      validator: {
        validate: (value: number) => value >= 1 && value <= max,
        defaultMessage: (args) => `${args?.property} must be a whole number from 1 to ${max}`,
      },
    }),
    ApiPropertyOptional({
      type: 'integer',
      minimum: 1,
      maximum: max,
      default: options.default,
      description: options.description,
      example: options.default ?? 1,
    }),
  );
}

function NumberFilter(description: string, example: string): PropertyDecorator {
  return TextField({ optional: true, maxLength: E164_MAX_LENGTH, pattern: '^\\+\\d+$', description, example });
}

/** Filters and paging of the list of calls. Each may be in the query or in the body; the body wins. */
export class CallFilters {
  @NumberFilter('Keeps calls to that number.', TO_EXAMPLE)
  to?: string;

  @NumberFilter('Keeps calls from that number.', FROM_EXAMPLE)
  from?: string;

  @Trimmed()
  @IsOptional()
  @IsIn(CALL_STATUSES, { message: `$property must be one of ${CALL_STATUSES.join(', ')}` })
  @ApiPropertyOptional({
    type: String,
    maxLength: 16,
    pattern: `^(${CALL_STATUSES.join('|')})$`,
    description: `Keeps calls with that status: ${CALL_STATUSES.join(', ')}.`,
    example: 'completed',
  })
  status?: CallStatus;

  @DayField('Keeps calls that started on that day')
  startTime?: string;

  @DayField('Keeps calls that started at or before the first moment of that day')
  startTimeBefore?: string;

  @DayField('Keeps calls that started at or after the first moment of that day')
  startTimeAfter?: string;

  @DayField('Keeps calls that ended on that day')
  endTime?: string;

  @DayField('Keeps calls that ended at or before the first moment of that day')
  endTimeBefore?: string;

  @DayField('Keeps calls that ended at or after the first moment of that day')
  endTimeAfter?: string;

  @WholeField({ max: MAX_PER_PAGE, default: USUAL_PAGE_SIZE, description: 'How many calls an answer has at most.' })
  pageSize?: number;

  @TextField({
    optional: true,
    maxLength: CURSOR_MAX_LENGTH,
    pattern: '^[\\w-]+$',
    description: 'The `nextCursor` of the page before, with the same filters.',
    example: 'MDE5YjdhM2UtN2Q1ZS03YzhhLTlkM2YtMmIxYzRkNWU2Zjc3',
  })
  cursor?: string;

  @WholeField({ max: MAX_PAGES, description: 'Which page, from 1, in place of `cursor`; far pages take longer.' })
  page?: number;
}

/** The filters in the query, also as the public documentation spells two of them. */
export class CallHistoryQuery extends CallFilters {
  @DayField('The same as `endTime`')
  '.endTime'?: string;

  @DayField('The same as `endTimeAfter`')
  '.endTimeAfter'?: string;
}

export class CallHistoryDto extends CallFilters {
  @IdField({ description: 'The project of the calls.' })
  projectId: string;
}

export class CallHistoryAnswer extends Answer {
  @ApiProperty({ type: [CallAnswer], description: 'The newest first. A page that would be too large ends early.' })
  calls: CallAnswer[];

  @ApiProperty({ type: [CallAnswer], description: 'The same as `calls`.' })
  data: CallAnswer[];

  @ApiProperty({
    type: 'integer',
    example: 1,
    description: 'How many there are; with filters at most 10,000 are counted.',
  })
  total: number;

  @ApiProperty({
    type: String,
    nullable: true,
    example: null,
    description: 'Send it as `cursor` to get the next page; null on the last one.',
  })
  nextCursor: string | null;
}
