import { applyDecorators, CanActivate, ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiSecurity } from '@nestjs/swagger';
import { LRUCache } from 'lru-cache';
import { AppError } from '../common/app-error.js';
import { clientIp } from '../common/client.js';
import { IS_PUBLIC } from '../common/public.decorator.js';
import { sha256 } from '../common/secrets.js';
import { Throttling } from '../throttling/throttling.service.js';
import { AccessTokens } from './access-tokens.js';
import { ApiKeysService } from './api-keys.service.js';
import { AUTH_ERRORS } from './auth.errors.js';
import { Caller, GuardedRequest } from './caller.js';
import { SessionsService } from './sessions.service.js';

const NEEDS_BEARER = 'needsBearer';
const REMEMBERED_KEYS = 20_000;

/** The route wants a token; an API key alone is refused. */
export const BearerOnly = () => applyDecorators(SetMetadata(NEEDS_BEARER, true), ApiSecurity('bearer'));

/** Closed by default: a route is open only where `@Public()` says so. Wants a token, or an API key; with both, of one user. */
@Injectable()
export class CredentialsGuard implements CanActivate {
  /** SHA-256 of API keys that worked the last time: they are no guesses, and go on working while somebody beside them guesses. */
  private readonly workingKeys = new LRUCache<string, true>({ max: REMEMBERED_KEYS });

  constructor(
    private readonly reflector: Reflector,
    private readonly accessTokens: AccessTokens,
    private readonly sessions: SessionsService,
    private readonly apiKeys: ApiKeysService,
    private readonly throttling: Throttling,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean>(IS_PUBLIC, targets)) return true;
    const request = context.switchToHttp().getRequest<GuardedRequest>();
    const { authorization, 'x-api-key': apiKey } = request.headers;
    const byToken = authorization === undefined ? null : await this.byToken(authorization, clientIp(request));
    const keyOwner = apiKey === undefined ? null : await this.byApiKey(String(apiKey), clientIp(request));
    if (byToken && keyOwner && byToken.userId !== keyOwner) throw new AppError(AUTH_ERRORS.CREDENTIALS_DISAGREE);
    if (!byToken && keyOwner && this.reflector.getAllAndOverride<boolean>(NEEDS_BEARER, targets)) {
      throw new AppError(AUTH_ERRORS.BEARER_REQUIRED);
    }
    request.caller = byToken ?? (keyOwner ? { userId: keyOwner, sessionId: null } : undefined);
    if (!request.caller) throw new AppError(AUTH_ERRORS.UNAUTHORIZED);
    return true;
  }

  private async byToken(authorization: string, ip: string): Promise<Caller> {
    const [, token] = /^Bearer ([\w.-]+)$/i.exec(authorization) ?? [];
    if (token === undefined) throw new AppError(AUTH_ERRORS.UNAUTHORIZED);
    const claims = await this.accessTokens.verify(token);
    const session = claims && (await this.sessions.state(claims.sessionId));
    if (!session || session.userId !== claims.userId) {
      await this.throttling.countCredential(ip);
      throw new AppError(AUTH_ERRORS.TOKEN_INVALID);
    }
    if (session.isInert) throw new AppError(AUTH_ERRORS.EMAIL_NOT_VERIFIED);
    return claims;
  }

  private async byApiKey(key: string, ip: string): Promise<string> {
    const hash = sha256(key);
    const mayBeGuess = !this.workingKeys.has(hash);
    // Counted before it is looked up, or many guesses at once would all be looked up.
    if (mayBeGuess) await this.throttling.countCredential(ip);
    const owner = await this.apiKeys.authenticate(key);
    if (!owner) {
      this.workingKeys.delete(hash);
      throw new AppError(AUTH_ERRORS.API_KEY_INVALID);
    }
    if (mayBeGuess) await this.throttling.forgiveCredential(ip);
    this.workingKeys.set(hash, true);
    return owner;
  }
}
