import { createParamDecorator, ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { canonicalIp } from '../config/addresses.js';

/** Who sent a request, as far as the service keeps it. */
export interface Client {
  ip: string;
  userAgent: string;
  requestId: string;
}

const USER_AGENT_MAX_LENGTH = 255;

/** Hands the handler the request's client. */
export const FromClient = createParamDecorator((_: unknown, context: ExecutionContext): Client => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  return {
    ip: clientIp(request),
    userAgent: userAgentOf(request),
    requestId: request.id,
  };
});

/** What the client calls itself, as much as is kept of it. */
export function userAgentOf(request: FastifyRequest): string {
  return (request.headers['user-agent'] ?? '').slice(0, USER_AGENT_MAX_LENGTH);
}

/** The client's IP, as far as TRUST_PROXY lets proxies tell it; where one passes on what is no IP, the proxy's own. */
export function clientIp(request: FastifyRequest): string {
  return canonicalIp(request.ip) ?? canonicalIp(request.socket.remoteAddress ?? '') ?? '::';
}
