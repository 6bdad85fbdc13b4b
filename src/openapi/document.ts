import { NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  DocumentBuilder,
  type HeaderObject,
  type MediaTypeObject,
  OpenAPIObject,
  type OperationObject,
  type ReferenceObject,
  type RequestBodyObject,
  type ResponseObject,
  type SchemaObject,
  SwaggerModule,
} from '@nestjs/swagger';
import { ErrorEntry } from '../common/app-error.js';
import { COMMON_ERRORS } from '../common/common.errors.js';
import { AccountsSettings } from '../config/accounts.settings.js';
import { Settings } from '../config/settings.js';
import { VERSION } from '../config/version.js';
import { AddressSettings } from '../http/address.settings.js';
import { CHALLENGE } from '../http/error.filter.js';
import { ID_EXAMPLES } from '../http/fields.js';
import { routeSettings } from '../http/route-setting.js';
import { errorsBefore, fieldErrors } from './handler-errors.js';
import { type DocumentedHandler, errorResponses, exampleOf, HANDLER_EXTENSION, type Tag } from './operation.js';

const DESCRIPTION = `Accounts, projects, AI phone agents and their calls. Sign up, enter the code that is mailed to you, log in, then press “Authorize”.

Every error has the same shape: \`message\` for people, \`code\` for programs, \`requestId\` to quote when you report it, and \`errors\` where fields of the request are at fault. Fields that an operation does not know are dropped. A field that is absent, null or blank counts as missing. Times are ISO 8601 in UTC.`;

const HEADERS: Record<string, HeaderObject> = {
  RequestId: {
    description:
      'Names the request in the log. One that you send is kept, if it has 8 to 64 of the characters `A-Z a-z 0-9 _ . -`.',
    required: true,
    schema: { type: 'string', pattern: '^[\\w.-]{8,64}$', example: ID_EXAMPLES.requestId },
  },
  RetryAfter: {
    description: 'Seconds after which the request may be sent again.',
    required: true,
    schema: { type: 'integer', minimum: 1, example: 60 },
  },
  WwwAuthenticate: {
    description: 'How to show who you are (RFC 9110, section 11.6.1).',
    required: true,
    schema: { type: 'string', example: CHALLENGE },
  },
  TotalCount: {
    description: 'How many there are on all pages.',
    schema: { type: 'integer', minimum: 0, example: 1 },
  },
  NextPage: {
    description:
      'URL of the next page, relative to that of the request (RFC 8288): `<?pageSize=100&after=…>; rel="next"`. The last page has none.',
    schema: { type: 'string', example: '<?page=2&pageSize=100>; rel="next"' },
  },
  RateLimitLimit: {
    description: 'Requests that the tightest limit of this endpoint allows in its window.',
    schema: { type: 'integer', minimum: 1, example: 20 },
  },
  RateLimitRemaining: {
    description: 'Requests that are left in it.',
    schema: { type: 'integer', minimum: 0, example: 19 },
  },
  RateLimitReset: {
    description: 'Seconds after which it starts anew.',
    schema: { type: 'integer', minimum: 0, example: 900 },
  },
};

type Operation = OperationObject & { [HANDLER_EXTENSION]?: DocumentedHandler };
type Schemas = Record<string, SchemaObject | ReferenceObject>;

/** What the document says of the API as a whole. */
export interface ApiParts {
  /** In the order in which they are shown. */
  tags: Tag[];
  /** Errors of all operations that are not public. */
  guardErrors: ErrorEntry[];
}

/** Returns errors that any operation of this kind may respond with. */
function commonErrors(method: string, operation: Operation): ErrorEntry[] {
  const { REQUEST_MALFORMED, BODY_TOO_LARGE, NOT_JSON } = COMMON_ERRORS;
  const { INTERNAL_ERROR, OVERLOADED, DATABASE_UNAVAILABLE } = COMMON_ERRORS;
  // Bodies are read for every method that may have one, even if the operation needs none.
  const readsBody = method !== 'get';
  const hasPathParameters = operation.parameters?.some((parameter) => 'in' in parameter && parameter.in === 'path');
  return [
    ...(readsBody || hasPathParameters ? [REQUEST_MALFORMED] : []),
    ...(readsBody ? [BODY_TOO_LARGE, NOT_JSON] : []),
    INTERNAL_ERROR,
    OVERLOADED,
    DATABASE_UNAVAILABLE,
  ];
}

/** Nest writes "no credentials" as an alternative without a scheme. */
function isPublic({ security = [] }: Operation): boolean {
  return security.some((alternative) => Object.keys(alternative).length === 0);
}

/** Each error that the operation may respond with, once. */
function errorsOf(operation: Operation, method: string, { guardErrors }: ApiParts): ErrorEntry[] {
  const documented = operation[HANDLER_EXTENSION];
  const errors = [
    ...fieldErrors(documented?.parameters ?? []),
    ...(documented?.errors ?? []),
    ...(isPublic(operation) ? [] : guardErrors),
    ...(documented ? errorsBefore(documented.handler) : []),
    ...commonErrors(method, operation),
  ];
  return [...new Map(errors.map((entry) => [entry.code, entry])).values()];
}

/** Returns the headers of a response with this status. Successes of limited operations say how much of the limit is left. */
function headersOf(status: string, isLimited: boolean): Record<string, ReferenceObject> {
  const isTemporary = status === '429' || status === '503';
  const tellsLimit = isLimited && (status === '200' || status === '429');
  return {
    'x-request-id': { $ref: '#/components/headers/RequestId' },
    ...(status === '401' && { 'WWW-Authenticate': { $ref: '#/components/headers/WwwAuthenticate' } }),
    ...(isTemporary && { 'Retry-After': { $ref: '#/components/headers/RetryAfter' } }),
    ...(tellsLimit && {
      'RateLimit-Limit': { $ref: '#/components/headers/RateLimitLimit' },
      'RateLimit-Remaining': { $ref: '#/components/headers/RateLimitRemaining' },
      'RateLimit-Reset': { $ref: '#/components/headers/RateLimitReset' },
    }),
  };
}

/** Adds what no single decorator knows: errors by status, headers, and examples of whole bodies. */
function complete(operation: Operation, method: string, schemas: Schemas, parts: ApiParts): void {
  const documented = operation[HANDLER_EXTENSION];
  const flow = documented && routeSettings(documented.handler).flow;
  Object.assign(operation.responses, errorResponses(errorsOf(operation, method, parts), flow));
  delete operation[HANDLER_EXTENSION];
  const responses = operation.responses as Record<string, ResponseObject>;
  for (const [status, response] of Object.entries(responses)) {
    response.headers = { ...response.headers, ...headersOf(status, '429' in responses) };
  }
  for (const media of [mediaOf(operation.requestBody as RequestBodyObject), mediaOf(responses['200'])]) {
    if (media?.schema) media.example = exampleOf(media.schema, schemas);
  }
  const request = mediaOf(operation.requestBody as RequestBodyObject);
  if (request && documented?.exampleFields) {
    request.example = pick(request.example as object, documented.exampleFields);
  }
  if (JSON.stringify(operation.security) === '[{}]') operation.security = [];
}

function pick(value: object, names: string[]): object {
  return Object.fromEntries(Object.entries(value).filter(([name]) => names.includes(name)));
}

function mediaOf(body?: RequestBodyObject | ResponseObject): MediaTypeObject | undefined {
  return body?.content?.['application/json'];
}

/** Sets the minimum length of new passwords, which a setting decides and decorators cannot know. */
function setPasswordLength(schemas: Schemas, length: number): void {
  for (const schema of Object.values(schemas) as SchemaObject[]) {
    for (const field of Object.values(schema.properties ?? {}) as SchemaObject[]) {
      if (field.format === 'password' && (field.minLength ?? 0) > 1) field.minLength = length;
    }
  }
}

function describe(tags: Tag[]) {
  const builder = new DocumentBuilder()
    .setTitle('Talkstack API')
    .setDescription(DESCRIPTION)
    .setVersion(VERSION)
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addBearerAuth(
      { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'The `token` of a login.' },
      'bearer',
    )
    .addApiKey({ type: 'apiKey', in: 'header', name: 'x-api-key', description: 'Your API key.' }, 'apiKey')
    .addSecurityRequirements('bearer')
    .addSecurityRequirements('apiKey');
  for (const { name, description } of tags) builder.addTag(name, description);
  return builder.build();
}

/**
 * PUBLIC_URL for programs that read the document from a file (Postman, generators); and relative, for readers that reach the service under
 * another name. Behind a proxy that serves the API below a path, both have the path.
 */
function serversOf({ publicUrl }: AddressSettings) {
  return [
    { url: publicUrl, description: 'Where people reach the service.' },
    { url: new URL(publicUrl).pathname, description: 'The host that the document came from.' },
  ];
}

/** The OpenAPI document of the service. */
export function openApiDocument(app: NestFastifyApplication, settings: Settings, parts: ApiParts): OpenAPIObject {
  const operationIdFactory = (_: string, handler: string) => handler;
  const document = SwaggerModule.createDocument(app, describe(parts.tags), { operationIdFactory });
  const components = { ...document.components, headers: HEADERS };
  const schemas = (components.schemas ?? {}) as Schemas;
  setPasswordLength(schemas, settings.get(AccountsSettings).PASSWORD_MIN_LENGTH);
  for (const path of Object.values(document.paths)) {
    for (const [method, operation] of Object.entries(path)) complete(operation as Operation, method, schemas, parts);
  }
  return { ...document, servers: serversOf(settings.get(AddressSettings)), components };
}
