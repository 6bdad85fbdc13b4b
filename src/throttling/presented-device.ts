import { createParamDecorator, ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/** The device token of a request as it was sent, good or not: in its body or, without one there, in its header. */
export function presentedDevice({ body, headers }: FastifyRequest): string | undefined {
  const { deviceToken } = (body ?? {}) as { deviceToken?: unknown };
  const sent = deviceToken ?? headers['x-device-token'];
  return typeof sent === 'string' ? sent : undefined;
}

/** Hands the handler the request's device token. */
export const FromDevice = createParamDecorator((_: unknown, context: ExecutionContext) =>
  presentedDevice(context.switchToHttp().getRequest<FastifyRequest>()),
);
