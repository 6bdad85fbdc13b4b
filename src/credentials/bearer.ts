import { createParamDecorator, ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { bearerToken } from '../http/bearer.js';

/** Hands a public handler the token that the request carries, unverified: undefined without Authorization, blank for one that is no Bearer. */
export const FromBearer = createParamDecorator((_: unknown, context: ExecutionContext): string | undefined => {
  const { authorization } = context.switchToHttp().getRequest<FastifyRequest>().headers;
  return authorization === undefined ? undefined : (bearerToken(authorization) ?? '');
});
