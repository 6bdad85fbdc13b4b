import { type Server, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { v7 as uuid } from 'uuid';
import { AppError } from '../common/app-error.js';
import { COMMON_ERRORS } from '../common/common.errors.js';
import { answerError } from './error.filter.js';

/** Time for a client to close its connection after an error. */
const LINGER_MS = 1000;

/**
 * Returns the handler of connection errors. What is no HTTP, has headers of more than 16 kB or arrives too slowly reaches no route. It gets the one error body all the
 * same, and loses its connection. The error is not logged: it carries the raw request.
 */
export function connectionErrorHandler(securityHeaders: Record<string, string>) {
  return (error: NodeJS.ErrnoException, socket: Socket): void => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    socket.setTimeout(LINGER_MS, () => socket.destroy());
    const { code, message, status } = COMMON_ERRORS.REQUEST_MALFORMED;
    const requestId = uuid();
    const body = JSON.stringify({ message, status: 'error', code, requestId });
    const headers = {
      ...securityHeaders,
      'x-request-id': requestId,
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(body),
      connection: 'close',
    };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`);
  };
}

/** Requires exactly one Host header (RFC 9112, section 3.2). Node would refuse without a body and without our headers. */
export function refuseUnlessOneHost(request: FastifyRequest, reply: FastifyReply, next: () => void): void {
  const { rawHeaders, httpVersion } = request.raw;
  const hosts = rawHeaders.filter(
    (name, i) => i % 2 === 0 && name.length === 4 && name.toLowerCase() === 'host',
  ).length;
  if (hosts === 1 || (hosts === 0 && httpVersion !== '1.1')) return next();
  answerError(new AppError(COMMON_ERRORS.REQUEST_MALFORMED), request, reply.header('connection', 'close'));
}

/** Ignores an unknown Expect header (RFC 9110, section 10.1.1); Node would respond 417 without a body. */
export function ignoreExpectHeader(server: Server): void {
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
}
