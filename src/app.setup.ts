import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { FastifyAdapter, NestFastifyApplication } from '@nestjs/platform-fastify';
import { type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import { Logger } from 'pino';
import { API_PARTS } from './api-parts.js';
import { limitConcurrentHashing } from './auth/hashing-limit.js';
import { PasswordHasher } from './auth/password-hasher.js';
import { NestLogger } from './common/logger.js';
import { canonicalIp } from './config/addresses.js';
import { Settings } from './config/settings.js';
import { requestLog } from './http/access-log.js';
import { AddressSettings } from './http/address.settings.js';
import { setUpBodies } from './http/bodies.js';
import { BODY_LIMIT_BYTES, setUpBodyLimits } from './http/body-limit.js';
import { connectionErrorHandler, refuseUnlessOneHost } from './http/connection-errors.js';
import { ConnectionSettings } from './http/connection.settings.js';
import { Connections, proxyTest } from './http/connections.js';
import { Cors } from './http/cors.js';
import { answerError, ErrorFilter } from './http/error.filter.js';
import { setUpJsonBody } from './http/json-body.js';
import { setUpMethods } from './http/methods.js';
import { securityHeaders } from './http/security-headers.js';
import { validationPipe } from './http/validation.js';
import { ApiDocsSettings } from './openapi/api-docs.settings.js';
import { setUpSwagger } from './openapi/swagger-ui.js';
import { MetricsService } from './operation/metrics.service.js';

/** What an incoming x-request-id must look like to be kept. */
const REQUEST_ID = /^[\w.-]{8,64}$/;

function trustProxy(setting: string | undefined): boolean | ((address: string, hop: number) => boolean) {
  if (setting === undefined) return false;
  if (/^\d+$/.test(setting)) return (_, hop) => hop < Number(setting);
  const isProxy = proxyTest(setting);
  // Some proxies write the port of the one before them: 10.0.0.2:80, [fd00::2]:443.
  return (address) => isProxy(canonicalIp(address) ?? '');
}

/** Returns what puts the headers of every response on one. */
function headerWriter(addresses: AddressSettings, cors: Cors) {
  const headers = securityHeaders(addresses);
  return (request: FastifyRequest, reply: FastifyReply): void => {
    void reply.headers(headers).header('x-request-id', request.id);
    cors.addHeaders(request, reply);
  };
}

/** Tells once that a proxy stands before the service and nobody said so: all its clients then share the limits of one address. */
function warnOfUnknownProxy(logger: Logger) {
  let isTold = false;
  return (request: FastifyRequest, _: FastifyReply, next: () => void): void => {
    if (!isTold && request.headers['x-forwarded-for'] !== undefined) {
      isTold = true;
      logger.warn(
        { context: 'Settings' },
        'A request came with X-Forwarded-For, but TRUST_PROXY is unset, so the header is ignored. Behind a proxy all clients now share the ' +
          'limits of its address: set TRUST_PROXY. Without a proxy somebody made the header up, and nothing is wrong.',
      );
    }
    next();
  };
}

/** The HTTP server under Nest: limits, request ids, errors that happen before any route is found. */
export function httpAdapter(settings: Settings, logger: Logger): FastifyAdapter {
  const addresses = settings.get(AddressSettings);
  const connections = new Connections(settings.get(ConnectionSettings), addresses);
  const cors = new Cors(addresses);
  const addHeaders = headerWriter(addresses, cors);
  const adapter = new FastifyAdapter({
    loggerInstance: logger,
    // One line a request, written by requestLog, takes the place of Fastify's two.
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    // A logger of its own for every request costs more than the line that it writes; those who write name the request.
    childLoggerFactory: () => logger,
    trustProxy: trustProxy(addresses.TRUST_PROXY),
    bodyLimit: BODY_LIMIT_BYTES,
    serverFactory: (handler: (request: IncomingMessage, response: ServerResponse) => void) =>
      connections.createServer(handler),
    clientErrorHandler: connectionErrorHandler(securityHeaders(addresses)),
    forceCloseConnections: 'idle',
    // There is no Express middleware here; the engine for it would look at every request.
    skipMiddie: true,
    return503OnClosing: false,
    genReqId: (request: IncomingMessage) => {
      const given = request.headers['x-request-id'];
      return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
    },
    routerOptions: { ignoreTrailingSlash: true },
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      // No hook runs for a URL that leads to no route because it cannot be read.
      addHeaders(request, reply);
      answerError(error, request, reply);
    },
  });
  adapter.getInstance().addHook('onSend', (request, _reply, _payload, next) => {
    connections.expectReading(request.raw.socket);
    next();
  });
  return adapter;
}

/** All that is set up around the modules; main.ts and every test call the same function. */
export async function setUpApp(app: NestFastifyApplication, settings: Settings, logger: Logger): Promise<void> {
  app.useLogger(new NestLogger(logger));
  app.useGlobalPipes(validationPipe());
  app.useGlobalFilters(new ErrorFilter());
  const fastify = app.getHttpAdapter().getInstance();
  const addresses = settings.get(AddressSettings);
  const cors = new Cors(addresses);
  const addHeaders = headerWriter(addresses, cors);
  setUpMethods(fastify, answerError);
  setUpJsonBody(fastify);
  setUpBodyLimits(fastify);
  limitConcurrentHashing(fastify, app.get(PasswordHasher));
  fastify.addHook('onRequest', (request, reply, next) => {
    addHeaders(request, reply);
    cors.answerPreflight(request, reply, next);
  });
  if (addresses.TRUST_PROXY === undefined) fastify.addHook('onRequest', warnOfUnknownProxy(logger));
  fastify.addHook('onRequest', refuseUnlessOneHost);
  setUpBodies(fastify);
  fastify.addHook('onResponse', requestLog);
  const metrics = app.get(MetricsService);
  if (metrics.isOn) fastify.addHook('onResponse', async (request, reply) => metrics.observe(request, reply));
  if (settings.get(ApiDocsSettings).API_DOCS === 'on') setUpSwagger(app, settings, API_PARTS);
}
