import { createParamDecorator, ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/** The unverified device token of a request: from its body, else from its header. */
export function presentedDevice({ body, headers }: FastifyRequest): string | undefined {
  const { deviceToken } = (body ?? {}) as { deviceToken?: unknown };
  const sent = deviceToken ?? headers['x-device-token'];
  return typeof sent === 'string' ? sent : undefined;
}

/** Gives the handler the device token of the request. */
export const FromDevice = createParamDecorator((_: unknown, context: ExecutionContext) =>
  presentedDevice(context.switchToHttp().getRequest<FastifyRequest>()),
);
