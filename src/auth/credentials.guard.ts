import { CanActivate, ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AppError } from '../common/app-error.js';
import { IS_PUBLIC } from '../common/public.decorator.js';
import { AccessTokens } from './access-tokens.js';
import { ApiKeysService } from './api-keys.service.js';
import { AUTH_ERRORS } from './auth.errors.js';
import { Caller, GuardedRequest } from './caller.js';
import { SessionsService } from './sessions.service.js';

const NEEDS_BEARER = 'needsBearer';

/** The route wants a token; an API key alone is refused. */
export const BearerOnly = () => SetMetadata(NEEDS_BEARER, true);

/** Closed by default: a route is open only where `@Public()` says so. Wants a token, or an API key; with both, of one user. */
@Injectable()
export class CredentialsGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly accessTokens: AccessTokens,
    private readonly sessions: SessionsService,
    private readonly apiKeys: ApiKeysService,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean>(IS_PUBLIC, targets)) return true;
    const request = context.switchToHttp().getRequest<GuardedRequest>();
    const { authorization, 'x-api-key': apiKey } = request.headers;
    const byToken = authorization === undefined ? null : await this.byToken(authorization);
    const keyOwner = apiKey === undefined ? null : await this.byApiKey(String(apiKey));
    if (byToken && keyOwner && byToken.userId !== keyOwner) throw new AppError(AUTH_ERRORS.CREDENTIALS_DISAGREE);
    if (!byToken && keyOwner && this.reflector.getAllAndOverride<boolean>(NEEDS_BEARER, targets)) {
      throw new AppError(AUTH_ERRORS.BEARER_REQUIRED);
    }
    request.caller = byToken ?? (keyOwner ? { userId: keyOwner, sessionId: null } : undefined);
    if (!request.caller) throw new AppError(AUTH_ERRORS.UNAUTHORIZED);
    return true;
  }

  private async byToken(authorization: string): Promise<Caller> {
    const [, token] = /^Bearer ([\w.-]+)$/i.exec(authorization.trim()) ?? [];
    if (token === undefined) throw new AppError(AUTH_ERRORS.UNAUTHORIZED);
    const claims = await this.accessTokens.verify(token);
    const session = claims && (await this.sessions.state(claims.sessionId));
    if (!session || session.userId !== claims.userId) throw new AppError(AUTH_ERRORS.TOKEN_INVALID);
    if (session.isInert) throw new AppError(AUTH_ERRORS.EMAIL_NOT_VERIFIED);
    return claims;
  }

  private async byApiKey(key: string): Promise<string> {
    const owner = await this.apiKeys.authenticate(key);
    if (!owner) throw new AppError(AUTH_ERRORS.API_KEY_INVALID);
    return owner;
  }
}
