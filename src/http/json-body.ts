import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../common/app-error.js';
import { COMMON_ERRORS } from '../common/common.errors.js';

/** Deeper than any valid request. Much deeper nesting would overflow the stack of code that traverses it. */
const MAX_LEVELS = 32;
/** More fields than any valid object. Turning an object into a DTO takes time in the square of their number. */
const MAX_FIELDS = 500;
/** Maximum number of values in a body, on all levels. A value of two bytes costs far more memory. */
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

/** JSON between systems is UTF-8 and nothing else (RFC 8259, section 8.1). A BOM in front is left to the parser. */
const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const CHARSETS = /;\s*charset\s*=\s*("[^"]*"|[^;\s]*)/gi;
const IS_UTF_8 = /^"?utf-?8"?$/i;

/** The body as text; null when it is not UTF-8, or its content type names another charset. */
function textOf(bytes: Buffer, contentType = ''): string | null {
  const charsets = [...contentType.matchAll(CHARSETS)].map(([, name]) => name);
  if (!charsets.every((name) => IS_UTF_8.test(name))) return null;
  try {
    return UTF_8.decode(bytes);
  } catch {
    return null;
  }
}

/**
 * Parses JSON bodies. An empty body counts as none (clients send the content type with every GET and DELETE, as documented). Anything but an
 * object is refused. Keys `__proto__` and `constructor` are dropped.
 */
export function setUpJsonBody(fastify: FastifyInstance): void {
  const parse = fastify.getDefaultJsonParser('remove', 'remove');
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    (request: FastifyRequest, bytes: Buffer, done: (error: Error | null, body?: unknown) => void) => {
      const text = textOf(bytes, request.headers['content-type']);
      if (text === null) return done(new AppError(COMMON_ERRORS.REQUEST_MALFORMED));
      if (text.trim() === '') return done(null, undefined);
      void parse(request, text, (error, body: unknown) => {
        if (error) return done(new AppError(COMMON_ERRORS.REQUEST_MALFORMED, { cause: error }));
        const isObject = typeof body === 'object' && body !== null && !Array.isArray(body);
        done(isObject && !isTooComplex(body) ? null : new AppError(COMMON_ERRORS.REQUEST_MALFORMED), body);
      });
    },
  );
}
