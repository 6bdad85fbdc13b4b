/** What an OpenAPI 3.0 document may look like (the parts that ours uses), as JSON Schema; unknown keywords are faults. */
const text = { type: 'string', minLength: 1 };
const ref = (name: string) => ({ $ref: `#/definitions/${name}` });
const mapOf = (value: object) => ({ type: 'object', additionalProperties: value });
const listOf = (items: object) => ({ type: 'array', items });

/** An object that has these fields and no others but extensions; the names in `required` must be there. */
const record = (properties: object, ...required: string[]) => ({
  type: 'object',
  properties,
  required,
  patternProperties: { '^x-': {} },
  additionalProperties: false,
});

/** The object, or a reference in its place. */
const referable = (schema: object) => ({
  if: { type: 'object', required: ['$ref'] },
  then: record({ $ref: { type: 'string', pattern: '^#/components/(schemas|headers)/\\w+$' } }),
  else: schema,
});

const examples = { example: {}, examples: mapOf(record({ value: {}, summary: text })) };

const schema = record({
  type: { enum: ['string', 'integer', 'number', 'boolean', 'object', 'array'] },
  format: { enum: ['email', 'password', 'date-time', 'uuid', 'uri', 'binary'] },
  nullable: { type: 'boolean' },
  description: text,
  example: {},
  default: {},
  enum: { type: 'array', minItems: 1, uniqueItems: true },
  pattern: { type: 'string', format: 'regex' },
  minLength: { type: 'integer', minimum: 0 },
  maxLength: { type: 'integer', minimum: 1 },
  minimum: { type: 'number' },
  maximum: { type: 'number' },
  maxProperties: { type: 'integer', minimum: 1 },
  properties: mapOf(ref('schema')),
  required: { type: 'array', items: text, minItems: 1, uniqueItems: true },
  items: ref('schema'),
  allOf: { type: 'array', items: ref('schema'), minItems: 1 },
  oneOf: { type: 'array', items: ref('schema'), minItems: 2 },
  additionalProperties: { anyOf: [{ type: 'boolean' }, ref('schema')] },
});

const media = record({ schema: ref('schema'), ...examples }, 'schema');
const header = record({ description: text, required: { type: 'boolean' }, schema: ref('schema') }, 'schema');
const response = record({ description: text, headers: mapOf(ref('header')), content: mapOf(media) }, 'description');

const parameter = record(
  {
    name: text,
    in: { enum: ['path', 'query', 'header'] },
    description: text,
    required: { type: 'boolean' },
    schema: ref('schema'),
  },
  'name',
  'in',
  'schema',
);

const security = listOf(mapOf(listOf(text)));

const operation = record(
  {
    operationId: { type: 'string', pattern: '^[a-z][A-Za-z]+(\\.[a-z][A-Za-z]+)?$' },
    summary: text,
    description: text,
    tags: { type: 'array', items: text, minItems: 1 },
    parameters: listOf(parameter),
    requestBody: record({ required: { type: 'boolean' }, description: text, content: mapOf(media) }, 'content'),
    responses: { type: 'object', patternProperties: { '^[2345]\\d\\d$': response }, additionalProperties: false },
    security,
  },
  'operationId',
  'summary',
  'tags',
  'responses',
);

const operations = Object.fromEntries(['get', 'put', 'post', 'delete', 'patch'].map((method) => [method, operation]));

const securityScheme = {
  oneOf: [
    record({ type: { const: 'http' }, scheme: text, bearerFormat: text, description: text }, 'type', 'scheme'),
    record({ type: { const: 'apiKey' }, in: { const: 'header' }, name: text, description: text }, 'type', 'in', 'name'),
  ],
};

export const OPENAPI_SCHEMA = {
  definitions: { schema: referable(schema), header: referable(header) },
  ...record(
    {
      openapi: { type: 'string', pattern: '^3\\.0\\.\\d$' },
      info: record(
        {
          title: text,
          version: text,
          description: text,
          contact: {},
          license: record({ name: text, url: text }, 'name'),
        },
        'title',
        'version',
      ),
      servers: listOf(record({ url: text, description: text }, 'url')),
      tags: listOf(record({ name: text, description: text }, 'name')),
      paths: { type: 'object', patternProperties: { '^/': record(operations) }, additionalProperties: false },
      components: record({
        schemas: mapOf(ref('schema')),
        headers: mapOf(ref('header')),
        securitySchemes: mapOf(securityScheme),
      }),
      security,
    },
    'openapi',
    'info',
    'paths',
  ),
};
