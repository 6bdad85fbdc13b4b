import { applyDecorators, CanActivate, ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiSecurity } from '@nestjs/swagger';
import { LRUCache } from 'lru-cache';
import { AppError } from '../common/app-error.js';
import { sha256 } from '../common/sha256.js';
import { bearerToken } from '../http/bearer.js';
import { clientIp } from '../http/client.js';
import { IS_PUBLIC } from '../http/public.decorator.js';
import { MayRespond } from '../openapi/handler-errors.js';
import { THROTTLING_ERRORS } from '../throttling/throttling.errors.js';
import { Throttling } from '../throttling/throttling.service.js';
import { AccessTokens } from './access-tokens.js';
import { ApiKeysService } from './api-keys.service.js';
import { Caller, GuardedRequest } from './caller.js';
import { CREDENTIALS_ERRORS } from './credentials.errors.js';
import { SessionsService } from './sessions.service.js';

const NEEDS_BEARER = 'needsBearer';
/** Methods that change nothing (RFC 9110, section 9.2.1). */
const READING = ['GET', 'HEAD'];
const REMEMBERED_KEYS = 20_000;

interface RouteRule {
  isPublic: boolean;
  needsBearer: boolean;
}

/** Errors with which the guard refuses requests that are not public. */
export const GUARD_ERRORS = [
  CREDENTIALS_ERRORS.UNAUTHORIZED,
  CREDENTIALS_ERRORS.TOKEN_INVALID,
  CREDENTIALS_ERRORS.EMAIL_NOT_VERIFIED,
  CREDENTIALS_ERRORS.API_KEY_INVALID,
  CREDENTIALS_ERRORS.CREDENTIALS_DISAGREE,
  THROTTLING_ERRORS.TOO_MANY_REQUESTS,
];

/** The route requires a token; an API key alone is refused. */
export const BearerOnly = () =>
  applyDecorators(
    SetMetadata(NEEDS_BEARER, true),
    ApiSecurity('bearer'),
    MayRespond(CREDENTIALS_ERRORS.BEARER_REQUIRED),
  );

/** Requires a token or an API key (or both, of the same user) on every route that is not `@Public()`. */
@Injectable()
export class CredentialsGuard implements CanActivate {
  /** SHA-256 of API keys that worked last time: they are not counted as guesses, so they keep working while others guess. */
  private readonly workingKeys = new LRUCache<string, true>({ max: REMEMBERED_KEYS });
  private readonly rules = new WeakMap<object, RouteRule>();

  constructor(
    private readonly reflector: Reflector,
    private readonly accessTokens: AccessTokens,
    private readonly sessions: SessionsService,
    private readonly apiKeys: ApiKeysService,
    private readonly throttling: Throttling,
  ) {}

  /** The hot path: returns synchronously when the caches have everything. */
  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const route = this.ruleOf(context);
    if (route.isPublic) return true;
    const request = context.switchToHttp().getRequest<GuardedRequest>();
    const { authorization, 'x-api-key': apiKey } = request.headers;
    if (authorization !== undefined && apiKey === undefined) {
      request.caller = this.fromCaches(authorization);
      if (request.caller) return this.admit(request, request.caller);
    }
    return this.examine(request, route);
  }

  /** Decorators of the handler and its class, read once. */
  private ruleOf(context: ExecutionContext): RouteRule {
    const handler = context.getHandler();
    const known = this.rules.get(handler);
    if (known) return known;
    const targets = [handler, context.getClass()];
    const rule = {
      isPublic: this.reflector.getAllAndOverride<boolean>(IS_PUBLIC, targets) ?? false,
      needsBearer: this.reflector.getAllAndOverride<boolean>(NEEDS_BEARER, targets) ?? false,
    };
    this.rules.set(handler, rule);
    return rule;
  }

  /** The caller, if token and session are in the caches. */
  private fromCaches(authorization: string): Caller | undefined {
    const claims = this.accessTokens.verified(bearerToken(authorization) ?? '');
    const session = claims && this.sessions.knownState(claims.sessionId);
    return session && !session.isInert && session.userId === claims.userId ? claims : undefined;
  }

  private async examine(request: GuardedRequest, { needsBearer }: RouteRule): Promise<boolean> {
    const { authorization, 'x-api-key': apiKey } = request.headers;
    const byToken = authorization === undefined ? null : await this.byToken(authorization, clientIp(request));
    const keyOwner = apiKey === undefined ? null : await this.byApiKey(String(apiKey), clientIp(request));
    if (byToken && keyOwner && byToken.userId !== keyOwner) throw new AppError(CREDENTIALS_ERRORS.CREDENTIALS_DISAGREE);
    if (!byToken && keyOwner && needsBearer) throw new AppError(CREDENTIALS_ERRORS.BEARER_REQUIRED);
    request.caller = byToken ?? (keyOwner ? { userId: keyOwner, sessionId: null } : undefined);
    if (!request.caller) throw new AppError(CREDENTIALS_ERRORS.UNAUTHORIZED);
    return this.admit(request, request.caller);
  }

  /** Counts the request before its handler runs, unless it only reads. */
  private admit({ method }: GuardedRequest, { userId }: Caller): boolean | Promise<boolean> {
    return READING.includes(method) || this.throttling.countWrite(userId).then(() => true);
  }

  private async byToken(authorization: string, ip: string): Promise<Caller> {
    const token = bearerToken(authorization);
    if (token === undefined) throw new AppError(CREDENTIALS_ERRORS.UNAUTHORIZED);
    const claims = await this.accessTokens.verify(token);
    const session = claims && (await this.sessions.state(claims.sessionId));
    if (!session || session.userId !== claims.userId) {
      await this.throttling.countCredential(ip);
      throw new AppError(CREDENTIALS_ERRORS.TOKEN_INVALID);
    }
    if (session.isInert) throw new AppError(CREDENTIALS_ERRORS.EMAIL_NOT_VERIFIED);
    return claims;
  }

  private async byApiKey(key: string, ip: string): Promise<string> {
    const hash = sha256(key);
    const mayBeGuess = !this.workingKeys.has(hash);
    // Counted before the look-up, or concurrent guesses would all be looked up.
    if (mayBeGuess) await this.throttling.countCredential(ip);
    const owner = await this.apiKeys.authenticate(key);
    if (!owner) {
      this.workingKeys.delete(hash);
      throw new AppError(CREDENTIALS_ERRORS.API_KEY_INVALID);
    }
    if (mayBeGuess) await this.throttling.forgiveCredential(ip);
    this.workingKeys.set(hash, true);
    return owner;
  }
}
