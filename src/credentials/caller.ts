import { createParamDecorator, ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/** Who sent the request, as the guard found out. */
export interface Caller {
  userId: string;
  /** Session of the token; null when the request had only an API key. */
  sessionId: string | null;
}

export type GuardedRequest = FastifyRequest & { caller?: Caller };

/** Gives a guarded handler its caller. */
export const FromCaller = createParamDecorator((_: unknown, context: ExecutionContext): Caller => {
  const { caller } = context.switchToHttp().getRequest<GuardedRequest>();
  if (!caller) throw new Error('A handler that asks for its caller must not be public.');
  return caller;
});
