import type { FastifyReply, FastifyRequest } from 'fastify';
import { maskedIp } from '../config/addresses.js';
import { clientIp, userAgentOf } from './client.js';

/** Error codes of responses, until their log lines are written. */
const errorCodes = new WeakMap<FastifyReply, string>();

/** Adds the error code to the log line of this response. */
export function noteErrorCode(reply: FastifyReply, code: string): void {
  errorCodes.set(reply, code);
}

/**
 * Logs one line per request: the route instead of the URL, of the headers only the user agent, and no body, for secrets may be in any of
 * them. The client's address is masked as in the audit log.
 */
export function requestLog(request: FastifyRequest, reply: FastifyReply, next: () => void): void {
  // Set by the guard, which this folder does not import.
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
