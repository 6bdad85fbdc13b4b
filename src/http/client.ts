import { createParamDecorator, ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { canonicalIp } from '../config/addresses.js';

/** The client of a request. */
export interface Client {
  ip: string;
  userAgent: string;
  requestId: string;
}

const USER_AGENT_MAX_LENGTH = 255;

/** Gives the handler the client of the request. */
export const FromClient = createParamDecorator((_: unknown, context: ExecutionContext): Client => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  return {
    ip: clientIp(request),
    userAgent: userAgentOf(request),
    requestId: request.id,
  };
});

/** User-Agent, shortened to what is stored. */
export function userAgentOf(request: FastifyRequest): string {
  return (request.headers['user-agent'] ?? '').slice(0, USER_AGENT_MAX_LENGTH);
}

/** The client's IP, from X-Forwarded-For of trusted proxies (TRUST_PROXY); if that is malformed, the proxy's own. */
export function clientIp(request: FastifyRequest): string {
  return canonicalIp(request.ip) ?? canonicalIp(request.socket.remoteAddress ?? '') ?? '::';
}
