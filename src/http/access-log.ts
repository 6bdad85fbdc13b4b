import type { FastifyReply, FastifyRequest } from 'fastify';

/** One line a request. It names the route, not the URL, and no header and no body: a secret may be in any of them. */
export function requestLog(request: FastifyRequest, reply: FastifyReply, next: () => void): void {
  request.log.info(
    {
      requestId: request.id,
      method: request.method,
      route: request.routeOptions.url ?? null,
      status: reply.statusCode,
      durationMs: Math.round(reply.elapsedTime * 10) / 10,
    },
    'request',
  );
  next();
}
