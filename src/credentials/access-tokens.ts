import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { isUUID } from 'class-validator';
import { LRUCache } from 'lru-cache';
import { v7 as uuid } from 'uuid';
import { Clock, SECOND_MS } from '../common/clock.js';
import { AddressSettings } from '../http/address.settings.js';
import { CredentialsSettings } from './credentials.settings.js';
import { SigningKeysService } from './signing-keys.service.js';

/** `typ` of access tokens (RFC 9068), so that no other JWT signed with these keys is accepted as one. */
const TOKEN_TYPE = 'at+jwt';
const ALGORITHM = 'ES256';
export const TOKEN_AUDIENCE = 'talkstack-api';
/** Maximum clock difference between two instances, seconds. */
const LEEWAY_SECONDS = 30;
/** No setting allows a longer life. */
const MAX_LIFE_SECONDS = 24 * 3600;
const TOKEN_MAX_LENGTH = 2048;
const CACHED_TOKENS = 20_000;

/** User and session of a token. */
export interface AccessTokenClaims {
  userId: string;
  sessionId: string;
}

interface VerifiedToken extends AccessTokenClaims {
  issuedAt: number;
  expiresAt: number;
  /** It was seen after it expired, and stays expired. */
  isExpired: boolean;
}

interface Payload {
  aud: unknown;
  sub: unknown;
  sid: unknown;
  jti: unknown;
  iat: unknown;
  exp: unknown;
  nbf?: unknown;
}

function headerOf(token: string): Record<string, unknown> | null {
  try {
    const header: unknown = JSON.parse(Buffer.from(token.slice(0, token.indexOf('.')), 'base64url').toString('utf8'));
    return typeof header === 'object' && header !== null ? (header as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** Issues and verifies JWT access tokens. Whether the session still exists is checked by the guard, with SessionsService. */
@Injectable()
export class AccessTokens {
  /** Tokens with a verified signature: only their time is checked again. Expired ones are remembered as expired. */
  private readonly known = new LRUCache<string, VerifiedToken>({ max: CACHED_TOKENS });

  constructor(
    private readonly jwt: JwtService,
    private readonly keys: SigningKeysService,
    private readonly clock: Clock,
    private readonly settings: CredentialsSettings,
    private readonly addresses: AddressSettings,
  ) {}

  /** Returns a new token and its expiry. */
  async issue({ userId, sessionId }: AccessTokenClaims): Promise<{ token: string; expirationTime: string }> {
    const key = await this.keys.current();
    const iat = Math.floor(this.clock.now().getTime() / SECOND_MS);
    const exp = iat + this.settings.ACCESS_TOKEN_SECONDS;
    // signAsync would sign on this thread as well, but through streams.
    const token = this.jwt.sign(
      { sub: userId, sid: sessionId, jti: uuid(), iat, exp, iss: this.addresses.publicUrl, aud: TOKEN_AUDIENCE },
      { algorithm: ALGORITHM, privateKey: key.privateKey, header: { alg: ALGORITHM, typ: TOKEN_TYPE, kid: key.id } },
    );
    return { token, expirationTime: new Date(exp * SECOND_MS).toISOString() };
  }

  /** Returns null for a token that is not ours or not valid now. */
  verify(token: string): AccessTokenClaims | null | Promise<AccessTokenClaims | null> {
    const known = this.known.get(token);
    if (known) return this.isCurrent(known) ? known : null;
    return token.length > TOKEN_MAX_LENGTH ? null : this.verifySignature(token);
  }

  /**
   * Returns the claims of a token of ours, even an expired one: it still identifies its signup while that waits for its code. Grants no
   * access. Null for any other token.
   */
  async issuedFor(token: string): Promise<AccessTokenClaims | null> {
    return (await this.verify(token)) ?? this.known.get(token) ?? null;
  }

  /** Returns the claims of a valid token that was verified before; synchronous. */
  verified(token: string): AccessTokenClaims | undefined {
    const known = this.known.get(token);
    return known && this.isCurrent(known) ? known : undefined;
  }

  private async verifySignature(token: string): Promise<AccessTokenClaims | null> {
    const header = headerOf(token);
    if (header?.alg !== ALGORITHM || header.typ !== TOKEN_TYPE || typeof header.kid !== 'string') return null;
    // We support no critical extensions (RFC 7515, section 4.1.11).
    if ('crit' in header) return null;
    const publicKey = await this.keys.publicKey(header.kid);
    if (!publicKey) return null;
    try {
      const payload = await this.jwt.verifyAsync<Payload>(token, {
        // The package takes a KeyObject here as everywhere; only its type for this one option says otherwise.
        publicKey: publicKey as unknown as Buffer,
        algorithms: [ALGORITHM],
        issuer: this.addresses.publicUrl,
        audience: TOKEN_AUDIENCE,
        // isCurrent checks it, so that an expired token is remembered as expired.
        ignoreExpiration: true,
      });
      return this.remember(token, payload);
    } catch {
      return null;
    }
  }

  private remember(token: string, { aud, sub, sid, jti, iat, exp, nbf }: Payload): AccessTokenClaims | null {
    if (!isUUID(sub) || !isUUID(sid) || !isUUID(jti) || nbf !== undefined) return null;
    // jsonwebtoken also accepts a list of audiences; ours have exactly one.
    if (aud !== TOKEN_AUDIENCE) return null;
    if (!Number.isSafeInteger(iat) || !Number.isSafeInteger(exp) || (exp as number) <= (iat as number)) return null;
    const verified: VerifiedToken = {
      userId: sub as string,
      sessionId: sid as string,
      issuedAt: iat as number,
      expiresAt: exp as number,
      isExpired: false,
    };
    const isCurrent = this.isCurrent(verified);
    if (isCurrent || verified.isExpired) this.known.set(token, verified);
    return isCurrent ? verified : null;
  }

  /** Whether the token has not expired (once expired, for ever), is not from the future, and does not live longer than any setting allows. */
  private isCurrent(token: VerifiedToken): boolean {
    if (token.expiresAt - token.issuedAt > MAX_LIFE_SECONDS) return false;
    const now = this.clock.now().getTime() / SECOND_MS;
    token.isExpired ||= now >= token.expiresAt + LEEWAY_SECONDS;
    return !token.isExpired && token.issuedAt <= now + 2 * LEEWAY_SECONDS;
  }
}
