import { applyDecorators, Type } from '@nestjs/common';
import {
  ApiExtension,
  ApiExtraModels,
  ApiHeader,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  type ApiResponseNoStatusOptions,
  getSchemaPath,
  type ReferenceObject,
  type SchemaObject,
} from '@nestjs/swagger';
import { ErrorEntry } from '../common/app-error.js';
import { ID_EXAMPLES } from '../http/fields.js';
import { Flow } from '../http/flow.js';
import { ErrorAnswer } from './answers.js';

/** Extension of an operation in which Documented() leaves data for completing the document; removed afterwards. */
export const HANDLER_EXTENSION = 'x-handler';

export interface DocumentedHandler {
  /** The handler's own errors. Those of its guard, limit and fields are derived. */
  errors: ErrorEntry[];
  /** Fields in the example of the request's body; default: all. For bodies with alternative fields. */
  exampleFields?: string[];
  handler: object;
  /** Classes of the handler's parameters. */
  parameters: unknown[];
}

/** A group of operations. src/api-parts.ts lists all. */
export interface Tag {
  name: string;
  description: string;
}

interface OperationDocs extends Pick<DocumentedHandler, 'exampleFields'> {
  /** Name of the operation in generated clients; default: the handler's. */
  operationId?: string;
  summary: string;
  description: string;
  /** Default: none. */
  errors?: ErrorEntry[];
  /** Class of the 200 response. */
  answer?: Type<unknown> | [Type<unknown>];
  /** True when the response is a page of a list, with paging headers. */
  isList?: boolean;
  /** Media type of a 200 response with sound instead of JSON. */
  audio?: string;
  /** The ids in the path: name and description; those that are no UUIDs with their schema. */
  params?: Record<string, string | { description: string; schema: SchemaObject }>;
  /** Headers that a request may have, beside its credentials. */
  headers?: Record<string, { description: string; schema: SchemaObject }>;
}

function documentedAnswer({ answer, audio }: Pick<OperationDocs, 'answer' | 'audio'>): ApiResponseNoStatusOptions {
  if (audio !== undefined) return { content: { [audio]: { schema: { type: 'string', format: 'binary' } } } };
  return Array.isArray(answer) ? { type: answer[0], isArray: true } : { type: answer };
}

/** Components of the document (document.ts). */
const PAGE_HEADERS = {
  'X-Total-Count': { $ref: '#/components/headers/TotalCount' },
  Link: { $ref: '#/components/headers/NextPage' },
};

/** Schema of an id in the path, with the example of its kind. */
function idSchema(name: string): SchemaObject {
  return { type: 'string', format: 'uuid', example: ID_EXAMPLES[name as keyof typeof ID_EXAMPLES] };
}

/** Documents a handler: its summary, response and own errors. */
export function Documented(docs: OperationDocs): MethodDecorator {
  const { operationId, summary, description, params, headers, errors = [], exampleFields, isList, ...answer } = docs;
  const decorate = applyDecorators(
    ApiExtraModels(ErrorAnswer),
    ApiOperation({ operationId, summary, description }),
    ...Object.entries(params ?? {}).map(([name, about]) =>
      ApiParam({ name, ...(typeof about === 'string' ? { description: about, schema: idSchema(name) } : about) }),
    ),
    ...Object.entries(headers ?? {}).map(([name, about]) => ApiHeader({ name, required: false, ...about })),
    ApiOkResponse({ ...documentedAnswer(answer), description: 'Success.', ...(isList && { headers: PAGE_HEADERS }) }),
  );
  return (target, name, descriptor) => {
    decorate(target, name, descriptor);
    const parameters = Reflect.getMetadata('design:paramtypes', target, name) as unknown[];
    const documented = { errors, exampleFields, handler: descriptor.value as object, parameters };
    ApiExtension(HANDLER_EXTENSION, documented)(target, name, descriptor);
  };
}

/** Returns the schema of an enum of numbers, with its names in the description and in the extension that client generators read. */
export function enumOfNumbers(numbers: Record<string, number>) {
  const names = Object.entries(numbers).map(([name, number]) => `${number} = ${name}`);
  return {
    type: 'integer' as const,
    enum: Object.values(numbers),
    description: names.join(', '),
    'x-enum-varnames': Object.keys(numbers),
  };
}

function errorExample(entry: ErrorEntry, flow?: Flow): Record<string, unknown> {
  return {
    message: entry.message,
    status: 'error',
    code: entry.code,
    requestId: ID_EXAMPLES.requestId,
    ...(flow && { [flow.field]: flow.byCode[entry.code] ?? flow.otherwise }),
  };
}

function errorSchema(entries: ErrorEntry[], flow?: Flow) {
  const code = { type: 'string', enum: entries.map((entry) => entry.code) };
  const own = {
    type: 'object',
    properties: { code, ...(flow && { [flow.field]: enumOfNumbers(flow.numbers) }) },
    required: ['code', ...(flow ? [flow.field] : [])],
  };
  return { allOf: [{ $ref: getSchemaPath(ErrorAnswer) }, own] };
}

/** Returns error responses by status, each error with an example. */
export function errorResponses(errors: ErrorEntry[], flow?: Flow): Record<string, object> {
  const statuses = [...new Set(errors.map((entry) => entry.status))];
  const responses = statuses.map((status) => {
    const entries = errors.filter((entry) => entry.status === status);
    const examples = entries.map((entry) => [entry.code, { value: errorExample(entry, flow) }] as const);
    const response = {
      description: entries.map((entry) => `\`${entry.code}\`: ${entry.message}`).join('\n\n'),
      content: { 'application/json': { schema: errorSchema(entries, flow), examples: Object.fromEntries(examples) } },
    };
    return [status, response];
  });
  return Object.fromEntries(responses) as Record<string, object>;
}

/** Returns an example of a whole body, assembled from its fields' examples. */
export function exampleOf(
  schema: SchemaObject | ReferenceObject,
  schemas: Record<string, SchemaObject | ReferenceObject>,
): unknown {
  if ('$ref' in schema) return exampleOf(schemas[schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1)], schemas);
  if (schema.example !== undefined) return schema.example as unknown;
  if (schema.enum) return schema.enum[0] as unknown;
  if (schema.items) return [exampleOf(schema.items, schemas)];
  const fields = Object.entries(schema.properties ?? {}).map(([name, field]) => [name, exampleOf(field, schemas)]);
  return Object.fromEntries(fields) as unknown;
}
