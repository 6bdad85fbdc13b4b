import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from './app-error.js';
import { COMMON_ERRORS } from './common.errors.js';

/**
 * Reads JSON bodies. An empty one is no body (clients send the content type with every GET and DELETE, as documented);
 * anything but an object is refused here, for no endpoint takes it; `__proto__` and `constructor` keys are dropped.
 */
export function setUpJsonBody(fastify: FastifyInstance): void {
  const parse = fastify.getDefaultJsonParser('remove', 'remove');
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(
    'application/json',
    { parseAs: 'string' },
    (request: FastifyRequest, text: string, done: (error: Error | null, body?: unknown) => void) => {
      if (text.trim() === '') return done(null, undefined);
      void parse(request, text, (error, body: unknown) => {
        if (error) return done(new AppError(COMMON_ERRORS.REQUEST_MALFORMED, { cause: error }));
        const isObject = typeof body === 'object' && body !== null && !Array.isArray(body);
        done(isObject ? null : new AppError(COMMON_ERRORS.REQUEST_MALFORMED), body);
      });
    },
  );
}
