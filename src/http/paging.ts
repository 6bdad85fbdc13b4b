import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsOptional, IsUUID, ValidateBy } from 'class-validator';
import type { FastifyReply } from 'fastify';
import { ID_EXAMPLES } from './fields.js';

/** Maximum size of a response. */
export const MAX_ANSWER_BYTES = 8 * 1024 * 1024;
export const MAX_PAGES = 1_000_000;
export const MAX_PER_PAGE = 100;

/** Parses a number in plain digits (a query) or a JSON number; NaN for anything else. */
export function wholeNumber(value: unknown): number {
  return /^\d{1,9}$/.test(String(value)) && typeof value !== 'object' ? Number(value) : NaN;
}

/** An integer in a query, in plain digits; `usual` when it is blank. */
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

/** Query of a page of a list. */
export class PageQuery {
  @WholeParameter({ max: MAX_PAGES, usual: 1, description: 'Which page, from 1.' })
  page: number = 1;

  @WholeParameter({ max: MAX_PER_PAGE, usual: 20, description: 'How many things a page has at most.' })
  pageSize: number = 20;
}

/** Fields of a response that has a page of a list. */
export class PageAnswer {
  @ApiProperty({ type: 'integer', example: 1, description: 'How many there are on all pages.' })
  total: number;

  @ApiProperty({ type: 'integer', example: 1 })
  page: number;

  @ApiProperty({ type: 'integer', example: 20 })
  pageSize: number;
}

/** Query of lists that are documented without pages: a large default, so that few clients need a second page. */
export class ListQuery {
  @WholeParameter({ max: MAX_PAGES, usual: 1, description: 'Which page, from 1.' })
  page: number = 1;

  @WholeParameter({ max: MAX_PER_PAGE, usual: MAX_PER_PAGE, description: 'How many things a page has at most.' })
  pageSize: number = MAX_PER_PAGE;
}

/** The same with a cursor: rows added or deleted meanwhile shift no page. */
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

/** A page of a list, and the query of the next one, or null. */
export interface Page<Body> {
  body: Body;
  total: number;
  next: { page?: number; pageSize: number; after?: string } | null;
}

/** Query of the next page, for numbered pages. */
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
    // Relative to the requested URL, so that it works behind any proxy (RFC 8288, section 3.1).
    void reply.header('link', `<?${query.toString()}>; rel="next"`);
  }
  return body;
}
