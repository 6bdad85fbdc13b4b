import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ValidateBy } from 'class-validator';

const MOST_PAGES = 1_000_000;
const MOST_PER_PAGE = 100;

/** A whole number in a query, in plain digits; `usual` when it is blank. */
function WholeParameter(options: { max: number; usual: number; description: string }): PropertyDecorator {
  const { max, usual, description } = options;
  return applyDecorators(
    Transform(({ value }: { value: unknown }) => {
      if (value === '') return usual;
      return typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : NaN;
    }),
    ValidateBy({
      name: 'wholeParameter',
      validator: {
        validate: (value: number) => value >= 1 && value <= max,
        defaultMessage: (args) => `${args?.property} must be a whole number from 1 to ${max}`,
      },
    }),
    ApiPropertyOptional({
      type: 'integer',
      minimum: 1,
      maximum: max,
      default: usual,
      description,
      example: usual,
    }),
  );
}

/** Which part of a list is wanted. */
export class PageQuery {
  @WholeParameter({ max: MOST_PAGES, usual: 1, description: 'Which page, from 1.' })
  page: number = 1;

  @WholeParameter({ max: MOST_PER_PAGE, usual: 20, description: 'How many things a page has at most.' })
  pageSize: number = 20;
}

/** What an answer with one page of a list tells beside it. */
export class PageAnswer {
  @ApiProperty({ type: 'integer', example: 1, description: 'How many there are on all pages.' })
  total: number;

  @ApiProperty({ type: 'integer', example: 1 })
  page: number;

  @ApiProperty({ type: 'integer', example: 20 })
  pageSize: number;
}
