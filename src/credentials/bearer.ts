import { createParamDecorator, ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/** The token of an Authorization header; undefined when it carries none. */
export function tokenOf(authorization: string): string | undefined {
  return /^Bearer ([\w.-]+)$/i.exec(authorization)?.[1];
}

/** Hands a public handler the token that the request carries, unverified: undefined without Authorization, blank for one that is no Bearer. */
export const FromBearer = createParamDecorator((_: unknown, context: ExecutionContext): string | undefined => {
  const { authorization } = context.switchToHttp().getRequest<FastifyRequest>().headers;
  return authorization === undefined ? undefined : (tokenOf(authorization) ?? '');
});
