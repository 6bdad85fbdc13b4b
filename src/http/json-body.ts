import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../common/app-error.js';
import { COMMON_ERRORS } from '../common/common.errors.js';

/** Deeper than any request of ours. What is nested much deeper would exhaust the stack of whoever walks through it. */
const MAX_LEVELS = 32;
/** More fields than any object of ours. The work of turning an object into a DTO grows with the square of their number. */
const MAX_FIELDS = 500;
/** Values in a body, all levels together. Each costs more than its two bytes tell. */
const MAX_VALUES = 10_000;

/** The body is nested too deep, has too many values, or an object with too many fields. */
function isTooComplex(body: unknown): boolean {
  let level: unknown[] = [body];
  let count = 0;
  for (let depth = 0; depth <= MAX_LEVELS; depth += 1) {
    const objects = level.filter((value): value is object => typeof value === 'object' && value !== null);
    const values = objects.map((object): unknown[] => Object.values(object));
    if (objects.some((object, i) => !Array.isArray(object) && values[i].length > MAX_FIELDS)) return true;
    level = values.flat();
    count += level.length;
    if (count > MAX_VALUES) return true;
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
        done(isObject && !isTooComplex(body) ? null : new AppError(COMMON_ERRORS.REQUEST_MALFORMED), body);
      });
    },
  );
}
