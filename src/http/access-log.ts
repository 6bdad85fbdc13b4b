import type { FastifyReply, FastifyRequest } from 'fastify';
import { maskedIp } from '../config/addresses.js';
import { clientIp, userAgentOf } from './client.js';

/** Codes of the errors that were answered, until their lines are written. */
const errorCodes = new WeakMap<FastifyReply, string>();

/** Lets the line of this answer name its error. */
export function noteErrorCode(reply: FastifyReply, code: string): void {
  errorCodes.set(reply, code);
}

/**
 * One line a request. It names the route, not the URL, of the headers nothing but the user agent, and no body: a secret may be in any of
 * them. The client's address is masked as in the audit log.
 */
export function requestLog(request: FastifyRequest, reply: FastifyReply, next: () => void): void {
  // The guard notes the caller; this folder knows no more of it.
  const { caller } = request as FastifyRequest & { caller?: { userId: string } };
  request.log.info(
    {
      requestId: request.id,
      method: request.method,
      route: request.routeOptions.url ?? null,
      status: reply.statusCode,
      code: reply.statusCode < 400 ? undefined : errorCodes.get(reply),
      durationMs: Math.round(reply.elapsedTime * 10) / 10,
      network: maskedIp(clientIp(request)),
      userId: caller?.userId,
      userAgent: userAgentOf(request),
    },
    'request',
  );
  next();
}
