import { ArgumentsHost, Catch, ExceptionFilter, HttpException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError, ErrorEntry } from '../common/app-error.js';
import { COMMON_ERRORS } from '../common/common.errors.js';
import { isDatabaseUnavailable } from '../database/database-errors.js';
import { noteErrorCode } from './access-log.js';
import { flowNumber } from './flow-number.js';
import { methodsOf } from './methods.js';
import { rateLimitHeaders } from './rate-limit-headers.js';

const DATABASE_RETRY_SECONDS = 5;
/** WWW-Authenticate, which every 401 must have (RFC 9110, section 15.5.2; RFC 6750, section 3). */
export const CHALLENGE = 'Bearer realm="talkstack"';

/** The framework's own errors by status. */
const BY_FRAMEWORK_STATUS: Record<number, ErrorEntry> = {
  400: COMMON_ERRORS.REQUEST_MALFORMED,
  // For files outside their folder.
  403: COMMON_ERRORS.ROUTE_NOT_FOUND,
  404: COMMON_ERRORS.ROUTE_NOT_FOUND,
  413: COMMON_ERRORS.BODY_TOO_LARGE,
  414: COMMON_ERRORS.REQUEST_MALFORMED,
  415: COMMON_ERRORS.NOT_JSON,
};

/** Turns anything thrown into the error for the client. */
function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  if (isDatabaseUnavailable(thrown)) {
    return new AppError(COMMON_ERRORS.DATABASE_UNAVAILABLE, {
      retryAfterSeconds: DATABASE_RETRY_SECONDS,
      cause: thrown,
    });
  }
  const status =
    thrown instanceof HttpException ? thrown.getStatus() : (thrown as { statusCode?: number } | null)?.statusCode;
  const entry = BY_FRAMEWORK_STATUS[status ?? 500] ?? COMMON_ERRORS.INTERNAL_ERROR;
  return new AppError(entry, { cause: thrown });
}

/** The body of every error. */
export function errorBody(error: AppError, request: FastifyRequest): Record<string, unknown> {
  return {
    message: error.message,
    status: 'error',
    code: error.code,
    requestId: request.id,
    ...(error.faults && { errors: error.faults }),
    ...flowNumber(request, error.code),
  };
}

/** Responds to every error, also the framework's. The cause of a 5xx is logged with the same requestId and never sent. */
export function answerError(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
  // The client hung up in the middle of its body, which is not our fault, whatever error the socket reports.
  const isCutOff = thrown !== null && request.raw.errored === thrown;
  const error = isCutOff ? new AppError(COMMON_ERRORS.REQUEST_MALFORMED) : toAppError(thrown);
  noteErrorCode(reply, error.code);
  // A refusal under overload has no cause to log and must be cheap; the request has its line in the access log.
  if (error.status >= 500 && error.code !== COMMON_ERRORS.OVERLOADED.code) {
    request.log.error({ requestId: request.id, code: error.code, err: error.cause ?? error });
  }
  if (error.retryAfterSeconds !== undefined) void reply.header('retry-after', String(error.retryAfterSeconds));
  if (error.status === 401) void reply.header('www-authenticate', CHALLENGE);
  if (error.status === 429) {
    void reply.headers(rateLimitHeaders({ ...error, remaining: 0, resetSeconds: error.retryAfterSeconds ?? 0 }));
  }
  const methods = error.code === COMMON_ERRORS.ROUTE_NOT_FOUND.code ? methodsOf(request) : [];
  const isWrongMethod = methods.length > 0 && !methods.includes(request.method);
  if (isWrongMethod) void reply.header('allow', methods.join(', '));
  const body = errorBody(error, request);
  if (isWrongMethod) body.message = `There is no such endpoint: this path takes ${methods.join(', ')}.`;
  void reply.status(error.status).header('content-type', 'application/json; charset=utf-8').send(body);
}

@Catch()
export class ErrorFilter implements ExceptionFilter {
  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    answerError(thrown, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }
}
