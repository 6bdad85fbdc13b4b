import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../common/app-error.js';
import { COMMON_ERRORS } from '../common/common.errors.js';

/** Deeper than any request of ours. What is nested much deeper would exhaust the stack of whoever walks through it. */
const MOST_LEVELS = 32;

function isTooDeep(body: unknown): boolean {
  let level: unknown[] = [body];
  for (let depth = 0; depth <= MOST_LEVELS; depth += 1) {
    level = level.flatMap((value) =>
      typeof value === 'object' && value !== null ? (Object.values(value) as unknown[]) : [],
    );
    if (level.length === 0) return false;
  }
  return true;
}

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
        done(isObject && !isTooDeep(body) ? null : new AppError(COMMON_ERRORS.REQUEST_MALFORMED), body);
      });
    },
  );
}
