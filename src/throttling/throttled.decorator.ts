import {
  applyDecorators,
  CallHandler,
  CanActivate,
  ExecutionContext,
  Injectable,
  NestInterceptor,
  SetMetadata,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { concatMap, Observable } from 'rxjs';
import { clientIp } from '../http/client.js';
import { EMAIL_MAX_LENGTH, normaliseEmail } from '../http/email-address.js';
import { rateLimitHeaders } from '../http/rate-limit-headers.js';
import { MayRespond } from '../openapi/handler-errors.js';
import { Endpoint, rulesOf } from './limits.js';
import { presentedDevice } from './presented-device.js';
import { THROTTLING_ERRORS } from './throttling.errors.js';
import { Subject, Throttling } from './throttling.service.js';

const ENDPOINT = 'throttledEndpoint';

/** The subject of a request that is not validated yet. For an authenticated caller the body is ignored: it could name another address each time. */
function subjectOf(context: ExecutionContext): Subject {
  const request = context.switchToHttp().getRequest<FastifyRequest & { caller?: { userId: string } }>();
  const ip = clientIp(request);
  if (request.caller) return { ip, userId: request.caller.userId };
  const { email } = (request.body ?? {}) as { email?: unknown };
  if (typeof email !== 'string') return { ip };
  const address = normaliseEmail(email);
  // Text too long for an address is refused by validation; it counts only for the IP.
  if (address === '' || address.length > EMAIL_MAX_LENGTH) return { ip };
  return { ip, email: address, deviceToken: presentedDevice(request) };
}

/** Counts the request before any work. */
@Injectable()
export class ThrottlingGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly throttling: Throttling,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const endpoint = this.reflector.get<Endpoint>(ENDPOINT, context.getHandler());
    const standing = await this.throttling.admit(endpoint, subjectOf(context));
    void context.switchToHttp().getResponse<FastifyReply>().headers(rateLimitHeaders(standing));
    return true;
  }
}

/** Takes back counts that a successful request must not leave. */
@Injectable()
export class SuccessInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly throttling: Throttling,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const endpoint = this.reflector.get<Endpoint>(ENDPOINT, context.getHandler());
    return next.handle().pipe(
      concatMap(async (answer: unknown) => {
        await this.throttling.succeed(endpoint, subjectOf(context));
        return answer;
      }),
    );
  }
}

/** Applies the limits of an endpoint (throttling/limits.ts) to a handler. */
export const Throttled = (endpoint: Endpoint): MethodDecorator =>
  applyDecorators(
    SetMetadata(ENDPOINT, endpoint),
    UseGuards(ThrottlingGuard),
    MayRespond(THROTTLING_ERRORS.TOO_MANY_REQUESTS),
    // An interceptor would send the response through an Observable, which costs more than the counting.
    ...(rulesOf(endpoint).guesses ? [UseInterceptors(SuccessInterceptor)] : []),
  );
