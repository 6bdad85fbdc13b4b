import { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { Env } from '../config/env.js';
import { ErrorEntry } from './app-error.js';
import { COMMON_ERRORS } from './common.errors.js';
import { errorExample, errorSchema } from './docs.js';

/** Swagger UI styles itself and shows its own images; nothing comes from elsewhere. */
const UI_POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'; object-src 'none'";

interface Operation {
  requestBody?: unknown;
  responses: Record<string, unknown>;
  security?: unknown[];
}

function errorResponse(entries: ErrorEntry[]) {
  const examples = Object.fromEntries(entries.map((entry) => [entry.code, { value: errorExample(entry) }]));
  return {
    description: entries.map((entry) => `\`${entry.code}\`: ${entry.message}`).join('\n\n'),
    content: { 'application/json': { schema: errorSchema(), examples } },
  };
}

/** Errors that do not depend on the operation; one that the operation documents itself stays as it is. */
function addCommonErrors(document: OpenAPIObject): void {
  const { BODY_TOO_LARGE, NOT_JSON, INTERNAL_ERROR, OVERLOADED, DATABASE_UNAVAILABLE } = COMMON_ERRORS;
  for (const path of Object.values(document.paths)) {
    for (const operation of Object.values(path) as Operation[]) {
      const common = {
        ...(operation.requestBody ? { 413: errorResponse([BODY_TOO_LARGE]), 415: errorResponse([NOT_JSON]) } : {}),
        500: errorResponse([INTERNAL_ERROR]),
        503: errorResponse([OVERLOADED, DATABASE_UNAVAILABLE]),
      };
      operation.responses = { ...common, ...operation.responses };
      if (JSON.stringify(operation.security) === '[{}]') operation.security = [];
    }
  }
}

/** The OpenAPI document of the service. */
export function openApiDocument(app: NestFastifyApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('Talkstack API')
    .setDescription(
      'Accounts, projects, AI phone agents and their calls. Sign up, enter the code that is mailed to you, log in, then press “Authorize”.',
    )
    .setVersion('1')
    .addBearerAuth(
      { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'The `token` of a login.' },
      'bearer',
    )
    .addApiKey({ type: 'apiKey', in: 'header', name: 'x-api-key', description: 'Your API key.' }, 'apiKey')
    .addSecurityRequirements('bearer')
    .addSecurityRequirements('apiKey')
    .build();
  const document = SwaggerModule.createDocument(app, config, { operationIdFactory: (_, handler) => handler });
  addCommonErrors(document);
  return document;
}

/** Swagger UI at /docs, the document at /docs-json. Built when it is first asked for: it costs boot time that nobody may need. */
export function setUpSwagger(app: NestFastifyApplication, env: Env): void {
  let document: OpenAPIObject | undefined;
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onRequest', (request, reply, next) => {
    if (/^\/docs(\/|\?|$)/.test(request.url)) void reply.header('content-security-policy', UI_POLICY);
    next();
  });
  SwaggerModule.setup('docs', app, () => (document ??= openApiDocument(app)), {
    jsonDocumentUrl: 'docs-json',
    yamlDocumentUrl: 'docs-yaml',
    customSiteTitle: 'Talkstack API',
    swaggerOptions: { persistAuthorization: !env.inProduction, tagsSorter: undefined },
  });
}
