import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { EMAIL_VERIFICATION_STATUS, LOGIN_STATUS, SIGNUP_STATUS } from '../../src/auth/flows.js';
import { startApp, TestApp } from '../support/start-app.js';
import { AnswerChecker } from './answer-checker.js';
import { ApiDocument, codesOf, Operation } from './api-document.js';
import { DOCUMENTED_ERRORS } from './documented-errors.js';

const packageJson = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string; license: string };

const PUBLIC = [
  ...Object.keys(DOCUMENTED_ERRORS).filter((name) => / \/auth\/(?!change-password)/.test(name)),
  'GET /voices/{voice_id}/preview',
  'GET /health/live',
  'GET /health/ready',
  'GET /.well-known/jwks.json',
];

const FORMATS = ['email', 'password', 'date-time', 'uuid', 'uri', 'binary'];

/** Everything in these bodies may be left out, and so may the body. */
const OPTIONAL_BODIES = ['deleteProject'];
const nameOf = ({ method, path }: Operation) => `${method} ${path}`;
const mediaOf = (part: any) => part.content['application/json'];

describe('The OpenAPI document', () => {
  let service: TestApp;
  let document: ApiDocument;
  let operations: Operation[];
  beforeAll(async () => {
    service = await startApp();
    document = await ApiDocument.of(service);
    operations = document.operations;
  });
  afterAll(() => service.close());

  /** Names of the operations for which something does not hold. */
  const unless = (holds: (operation: Operation) => boolean) => operations.filter((one) => !holds(one)).map(nameOf);

  it('is valid OpenAPI 3.0', async () => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate(structuredClone(document.json));
    expect({ valid, errors, version: validator.version }).toEqual({ valid: true, errors: undefined, version: '3.0' });

    const misspelt = structuredClone(document.json);
    misspelt.components.schemas.SignupDto.properties.name.maximumLength = 5;
    expect(await new Validator().validate(misspelt)).toMatchObject({ valid: false });
  });

  it('has no `nullable` without a type, which OpenAPI 3.0 gives no meaning', () => {
    const vague: string[] = [];
    JSON.stringify(document.json, (key, value: any) => {
      if (value?.nullable === true && value.type === undefined) vague.push(key);
      return value;
    });
    expect(vague).toEqual([]);
  });

  it('uses no format but those that clients know', () => {
    const formats = [...JSON.stringify(document.json).matchAll(/"format":"([^"]+)"/g)].map(([, format]) => format);
    expect(formats.filter((format) => !FORMATS.includes(format))).toEqual([]);
  });

  it('says where the service is, which version it has, and under which licence', async () => {
    const { servers, info } = document.json;
    expect(servers.map(({ url }: any) => url)).toEqual(['https://talkstack.test', '/']);
    expect(info).toMatchObject({ version: packageJson.version, license: { name: packageJson.license } });
    const below = await service.another({ PUBLIC_URL: 'https://talkstack.test/phones/' });
    const urls = (await ApiDocument.of(below)).json.servers.map(({ url }: any) => url);
    expect(urls).toEqual(['https://talkstack.test/phones', '/phones']);
  });

  it('shows one id for each kind of thing, and one field of those that stand in for one another', () => {
    const kinds = new Map<string, Set<string>>();
    const collect = (value: any): void => {
      if (value === null || typeof value !== 'object') return;
      for (const [name, inner] of Object.entries(value)) {
        if (/Id$/.test(name) && typeof inner === 'string') kinds.set(name, (kinds.get(name) ?? new Set()).add(inner));
        collect(inner);
      }
    };
    const exampleOf = (id: string) => mediaOf(document.operation(id).raw.requestBody).example;
    for (const { raw } of operations) {
      collect(Object.fromEntries(raw.parameters.map(({ name, schema }: any) => [name, schema.example])));
      if (raw.requestBody) collect(mediaOf(raw.requestBody).example);
      for (const { content } of Object.values<any>(raw.responses)) collect(content['application/json']?.example);
    }
    const ids = [...kinds.values()].flatMap((values) => [...values]);
    expect([...kinds].filter(([, values]) => values.size > 1)).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
    expect(Object.keys(exampleOf('findNumber'))).toEqual(['phoneNumberId']);
    expect(Object.keys(exampleOf('addWebhook')).filter((name) => /webhook/i.test(name))).toHaveLength(1);
    expect(Object.keys(exampleOf('updateProject')).filter((name) => /webhook/i.test(name))).toHaveLength(1);
  });

  it('has no reference that leads nowhere, and no component that nothing refers to', () => {
    const used = new Set([...JSON.stringify(document.json).matchAll(/"\$ref":"([^"]+)"/g)].map(([, path]) => path));
    for (const $ref of used) expect(document.resolve({ $ref })).toBeDefined();
    const { schemas, headers } = document.json.components;
    const all = Object.entries({ schemas, headers }).flatMap(([kind, components]) =>
      Object.keys(components).map((name) => `#/components/${kind}/${name}`),
    );
    expect(all.filter((path) => !used.has(path))).toEqual([]);
  });

  it('has its tags in the order of the public documentation, and what it says nothing of at the end', () => {
    const names = document.json.tags.map(({ name }: any) => name);
    expect(names).toEqual([
      'Authentication',
      'User',
      'Project',
      'Agent',
      'Call',
      'Voices',
      'Phone Number',
      'Operation',
    ]);
  });

  it('names every operation once, tells what it does, and puts it under a tag that is described', () => {
    const ids = operations.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)]);
    expect(ids.filter((id) => !/^[a-z][A-Za-z]+(\.[a-z][A-Za-z]+)?$/.test(id))).toEqual([]);
    const tags = document.json.tags.filter(({ description }: any) => description).map(({ name }: any) => name);
    expect(
      unless(({ raw }) => raw.summary && raw.description && raw.tags.every((tag: string) => tags.includes(tag))),
    ).toEqual([]);
  });

  it('describes every parameter, with its format and (unless it is a header) an example, and wants those in the path', () => {
    const namesIn = (path: string) => [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    expect(unless(({ path, params }) => namesIn(path).join() === params.join())).toEqual([]);
    const parameters = operations.flatMap(({ raw }) => raw.parameters);
    const vague = parameters.filter(({ description, required, schema, in: place }: any) => {
      return (
        !description ||
        required !== (place === 'path') ||
        !(schema.format ?? schema.pattern ?? schema.enum ?? schema.maximum) ||
        // Swagger UI sends the example of a header with every request, wanted or not.
        (place !== 'header' && !schema.example)
      );
    });
    expect(vague).toEqual([]);
  });

  it('says of every operation who may call it', () => {
    expect(document.json.components.securitySchemes).toMatchObject({
      bearer: { type: 'http', scheme: 'bearer' },
      apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key' },
    });
    const open = operations.filter(({ accepts }) => accepts.length === 0);
    expect(open.map(nameOf).sort()).toEqual([...PUBLIC].sort());
    const takesToken = open.filter(({ raw }) => raw.security.length > 0);
    expect(takesToken.map(({ id }) => id)).toEqual(['verifyEmail', 'resendCode']);
    expect(unless(({ accepts }) => accepts.length === 0 || accepts.includes('bearer'))).toEqual([]);
    expect(document.operation('changePassword').accepts).toEqual(['bearer', 'apiKey']);
    expect(document.operation('generateApiKey').accepts).toEqual(['bearer']);
    expect(document.operation('exportData').accepts).toEqual(['bearer']);
  });

  it('has every documented status of every operation, and those that any operation may answer', () => {
    const expectedOf = (operation: Operation) => [
      ...(DOCUMENTED_ERRORS[nameOf(operation)] ?? []),
      ...(operation.method === 'GET' ? [] : [400, 413, 415]),
      ...(operation.accepts.length > 0 ? [401] : []),
      ...[200, 500, 503],
    ];
    const isComplete = (one: Operation) => expectedOf(one).every((status) => String(status) in one.responses);
    expect(unless(isComplete)).toEqual([]);
    expect(Object.keys(DOCUMENTED_ERRORS).filter((name) => !operations.map(nameOf).includes(name))).toEqual([]);
    expect(document.operation('verifyEmail').responses).toHaveProperty('429');
    expect(document.operation('resendCode').responses).toHaveProperty('429');
  });

  it('gives every answer a schema, the headers that it has, and examples that fit the schema, unless it is sound', () => {
    const checker = new AnswerChecker(document);
    for (const { id, responses } of operations) {
      for (const [status, response] of Object.entries(responses)) {
        if ('audio/wav' in response.content) continue;
        const { schema, example, examples = {} } = mediaOf(response);
        const values = [...(example ? [example] : []), ...Object.values<any>(examples).map(({ value }) => value)];
        const validate = checker.strict(schema);
        expect({ id, status, isExampled: values.length > 0 }).toEqual({ id, status, isExampled: true });
        for (const value of values)
          expect({ id, ok: validate(value), value, errors: validate.errors }).toMatchObject({ ok: true });
        const names = [
          'x-request-id',
          ...(['429', '503'].includes(status) ? ['Retry-After'] : []),
          ...(status === '429' ? ['RateLimit-Remaining', 'RateLimit-Reset'] : []),
        ];
        expect(Object.keys(response.headers)).toEqual(expect.arrayContaining(names));
      }
    }
  });

  it('gives every field of a request a description, limits, and an example that fits them', () => {
    const checker = new AnswerChecker(document);
    for (const { request, raw, id } of operations.filter((operation) => operation.request)) {
      const { properties, required = [] } = document.resolve(request);
      expect(Object.keys(properties)).toEqual(expect.arrayContaining(required));
      for (const [name, field] of Object.entries<any>(properties)) {
        const { type, description, example, maxLength, maximum, maxProperties } = field;
        const given = { hasText: Boolean(description), hasExample: Boolean(example) };
        expect({ id, name, ...given }).toEqual({ id, name, hasText: true, hasExample: true });
        expect({ id, name, isLimited: type === 'boolean' || (maxLength ?? maximum ?? maxProperties) > 0 }).toEqual({
          id,
          name,
          isLimited: true,
        });
      }
      expect({ id, required: raw.requestBody.required }).toEqual({ id, required: !OPTIONAL_BODIES.includes(id) });
      expect(checker.strict(request)(mediaOf(raw.requestBody).example)).toBe(true);
    }
  });

  it.each([
    ['signUp', 'signupStatus', SIGNUP_STATUS],
    ['verifyEmail', 'verificationStatus', EMAIL_VERIFICATION_STATUS],
    ['logIn', 'loginStatus', LOGIN_STATUS],
  ])('tells names and numbers of the enum of %s, in its success and in its errors', (id, field, numbers) => {
    const { responses } = document.operation(id);
    for (const response of Object.values(responses)) {
      const { schema } = mediaOf(response);
      const parts = (schema.allOf ?? [schema]).map((part: any) => document.resolve(part).properties[field]);
      const own = parts.find((part: any) => part !== undefined);
      expect(own.enum).toEqual(Object.values(numbers));
      for (const [name, number] of Object.entries(numbers)) expect(own.description).toContain(`${number} = ${name}`);
    }
  });

  it('lists each error code under one status only', () => {
    const statuses = new Map<string, Set<string>>();
    for (const operation of operations) {
      for (const status of Object.keys(operation.responses)) {
        for (const code of codesOf(operation, status))
          statuses.set(code, (statuses.get(code) ?? new Set()).add(status));
      }
    }
    expect([...statuses].filter(([, all]) => all.size > 1)).toEqual([]);
  });

  it('tells the shortest password that is really wanted', async () => {
    const strict = await ApiDocument.of(await service.another({ PASSWORD_MIN_LENGTH: '15' }));
    expect(strict.json.components.schemas.SignupDto.properties.password.minLength).toBe(15);
    expect(strict.json.components.schemas.LoginDto.properties.password.minLength).toBe(1);
  });
});
