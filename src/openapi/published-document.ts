import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { dump } from 'js-yaml';
import { addVary } from '../http/vary.js';

/** Matches an Accept-Encoding that accepts gzip; `q=0` refuses it (RFC 9110, section 12.5.3). */
const TAKES_GZIP = /(^|,)\s*(gzip|\*)\s*(;\s*q=(0?\.\d*[1-9]\d*|1(\.0*)?)\s*)?(,|$)/i;

interface Representation {
  body: Buffer;
  etag: string;
}

function represent(body: Buffer): Representation {
  return { body, etag: `"${createHash('sha256').update(body).digest('base64url')}"` };
}

/** A public text, serialised and compressed once, at the first request. */
class PublishedText {
  private representations?: { plain: Representation; gzip: Representation };

  constructor(
    private readonly type: string,
    private readonly serialise: () => string,
  ) {}

  send(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    this.representations ??= this.prepare();
    const isCompressed = TAKES_GZIP.test(request.headers['accept-encoding'] ?? '');
    const { body, etag } = isCompressed ? this.representations.gzip : this.representations.plain;
    void addVary(reply, 'Accept-Encoding').header('cache-control', 'no-cache').header('etag', etag);
    const known = (request.headers['if-none-match'] ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
    if (known.includes(etag) || known.includes('*')) return reply.status(304).send();
    if (isCompressed) void reply.header('content-encoding', 'gzip');
    return reply.type(this.type).send(body);
  }

  private prepare() {
    const text = Buffer.from(this.serialise());
    return { plain: represent(text), gzip: represent(gzipSync(text)) };
  }
}

/** Publishes the OpenAPI document at /docs-json and /docs-yaml. */
export function publishDocument(fastify: FastifyInstance, document: () => OpenAPIObject): void {
  const json = new PublishedText('application/json; charset=utf-8', () => JSON.stringify(document()));
  const yaml = new PublishedText('text/yaml; charset=utf-8', () =>
    dump(document(), { skipInvalid: true, noRefs: true }),
  );
  fastify.get('/docs-json', (request, reply) => json.send(request, reply));
  fastify.get('/docs-yaml', (request, reply) => yaml.send(request, reply));
}
