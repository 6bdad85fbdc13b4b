import { createParamDecorator, ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { bearerToken } from '../http/bearer.js';

/** Gives a public handler the unverified token of the request: undefined without Authorization, blank for another scheme than Bearer. */
export const FromBearer = createParamDecorator((_: unknown, context: ExecutionContext): string | undefined => {
  const { authorization } = context.switchToHttp().getRequest<FastifyRequest>().headers;
  return authorization === undefined ? undefined : (bearerToken(authorization) ?? '');
});
