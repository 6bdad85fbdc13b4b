import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { v7 as uuid } from 'uuid';
import { COMMON_ERRORS } from './common.errors.js';
import { SECURITY_HEADERS } from './security-headers.js';

/**
 * What is no HTTP, has headers of more than 16 kB or arrives too slowly reaches no route. It gets the one error body all the
 * same, and loses its connection. The error is not logged: it carries the raw request.
 */
export function answerConnectionError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const { code, message, status } = COMMON_ERRORS.REQUEST_MALFORMED;
  const requestId = uuid();
  const body = JSON.stringify({ message, status: 'error', code, requestId });
  const headers = {
    ...SECURITY_HEADERS,
    'x-request-id': requestId,
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`);
}
