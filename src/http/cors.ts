import type { FastifyReply, FastifyRequest } from 'fastify';
import { AddressSettings } from './address.settings.js';
import { addVary } from './vary.js';

/** The public keys, which any page may read. */
const OPEN_PATH = /^\/\.well-known\/jwks\.json\/?(\?|$)/;
const PREFLIGHT_HEADERS = {
  'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
  'access-control-allow-headers':
    'authorization, x-api-key, content-type, idempotency-key, x-request-id, x-device-token',
  'access-control-max-age': '600',
};
const EXPOSED_HEADERS =
  'x-request-id, retry-after, ratelimit-limit, ratelimit-remaining, ratelimit-reset, link, x-total-count, x-next-cursor';

/** Lets pages of the origins in CORS_ORIGINS read responses. Credentials are headers, never cookies, so there is no credentials mode. */
export class Cors {
  private readonly origins: Set<string>;
  /** Origins that are allowed with any port. */
  private readonly hosts: Set<string>;

  constructor(settings: AddressSettings) {
    const isAnyPort = (origin: string) => origin.endsWith(':*');
    this.origins = new Set(settings.corsOrigins.filter((origin) => !isAnyPort(origin)));
    this.hosts = new Set(settings.corsOrigins.filter(isAnyPort).map((origin) => origin.slice(0, -2)));
  }

  addHeaders(request: FastifyRequest, reply: FastifyReply): void {
    const allowed = this.allowedFor(request);
    if (allowed !== '*' && this.origins.size + this.hosts.size > 0) addVary(reply, 'Origin');
    if (allowed === undefined) return;
    void reply.header('access-control-allow-origin', allowed).header('access-control-expose-headers', EXPOSED_HEADERS);
  }

  /** Responds to preflight requests before anything else. */
  answerPreflight(request: FastifyRequest, reply: FastifyReply, next: () => void): void {
    const isPreflight = request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;
    if (!isPreflight || this.allowedFor(request) === undefined) return next();
    void reply.status(204).headers(PREFLIGHT_HEADERS).send();
  }

  private allowedFor({ url, headers: { origin } }: FastifyRequest): string | undefined {
    if (origin === undefined) return undefined;
    if (OPEN_PATH.test(url)) return '*';
    return this.origins.has(origin) || this.hosts.has(origin.replace(/:\d{1,5}$/, '')) ? origin : undefined;
  }
}
