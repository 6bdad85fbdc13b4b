import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsOptional, IsUUID, ValidateBy } from 'class-validator';
import type { FastifyReply } from 'fastify';
import { ID_EXAMPLES } from './fields.js';

/** No answer is built that is larger. */
export const MAX_ANSWER_BYTES = 8 * 1024 * 1024;
export const MAX_PAGES = 1_000_000;
export const MAX_PER_PAGE = 100;

/** A number in plain digits, as queries have them, or as JSON has it; NaN for anything else. */
export function wholeNumber(value: unknown): number {
  return /^\d{1,9}$/.test(String(value)) && typeof value !== 'object' ? Number(value) : NaN;
}

/** A whole number in a query, in plain digits; `usual` when it is blank. */
function WholeParameter(options: { max: number; usual: number; description: string }): PropertyDecorator {
  const { max, usual, description } = options;
  return applyDecorators(
    Transform(({ value }: { value: unknown }) => {
      if (value === '') return usual;
      return wholeNumber(value);
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
  @WholeParameter({ max: MAX_PAGES, usual: 1, description: 'Which page, from 1.' })
  page: number = 1;

  @WholeParameter({ max: MAX_PER_PAGE, usual: 20, description: 'How many things a page has at most.' })
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

/** Which part of a list is wanted whose documentation knows no pages: many, so that few clients need a second one. */
export class ListQuery {
  @WholeParameter({ max: MAX_PAGES, usual: 1, description: 'Which page, from 1.' })
  page: number = 1;

  @WholeParameter({ max: MAX_PER_PAGE, usual: MAX_PER_PAGE, description: 'How many things a page has at most.' })
  pageSize: number = MAX_PER_PAGE;
}

/** The same, of a list that goes on behind a known row: what is added or deleted meanwhile shifts no page. */
export class RowsQuery extends ListQuery {
  @Transform(({ value }: { value: unknown }) => (value === '' ? undefined : value))
  @IsOptional()
  @IsUUID(undefined, { message: '$property must be the id of a row' })
  @ApiPropertyOptional({
    type: String,
    format: 'uuid',
    description: 'Pages are counted behind the row with this `id`, as `Link` does.',
    example: ID_EXAMPLES.requestId,
  })
  after?: string;
}

/** One page of a list, and the query of the next one; null where nothing follows. */
export interface Page<Body> {
  body: Body;
  total: number;
  next: { page?: number; pageSize: number; after?: string } | null;
}

/** The query of the page behind this one, for lists whose pages are counted. */
export function nextNumber({ page, pageSize }: ListQuery, total: number): Page<unknown>['next'] {
  return page * pageSize < total ? { page: page + 1, pageSize } : null;
}

/** Sets the headers of a page; returns its body. */
export function withPageHeaders<Body>(reply: FastifyReply, { body, total, next }: Page<Body>): Body {
  void reply.header('x-total-count', String(total));
  if (next) {
    const query = new URLSearchParams(
      Object.entries(next).map(([name, value]): [string, string] => [name, String(value)]),
    );
    // Relative to the URL that was asked for, so it holds behind any proxy (RFC 8288, section 3.1).
    void reply.header('link', `<?${query.toString()}>; rel="next"`);
  }
  return body;
}
