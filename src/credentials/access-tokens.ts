import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { isUUID } from 'class-validator';
import { LRUCache } from 'lru-cache';
import { v7 as uuid } from 'uuid';
import { Clock, SECOND_MS } from '../common/clock.js';
import { AddressSettings } from '../http/address.settings.js';
import { CredentialsSettings } from './credentials.settings.js';
import { SigningKeysService } from './signing-keys.service.js';

/** `typ` of access tokens (RFC 9068): no other JWT that these keys may ever sign passes for one. */
const TOKEN_TYPE = 'at+jwt';
const ALGORITHM = 'ES256';
export const TOKEN_AUDIENCE = 'talkstack-api';
/** How far the clocks of two instances may be apart, seconds. */
const LEEWAY_SECONDS = 30;
/** No configuration makes a token that lives longer. */
const LONGEST_LIFE_SECONDS = 24 * 3600;
const TOKEN_MAX_LENGTH = 2048;
const CACHED_TOKENS = 20_000;

/** Whose token it is. */
export interface AccessTokenClaims {
  userId: string;
  sessionId: string;
}

interface VerifiedToken extends AccessTokenClaims {
  issuedAt: number;
  expiresAt: number;
  /** Was seen after its end. */
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

/** JWT access tokens. Whether their session lives is not said by them; the guard asks SessionsService. */
@Injectable()
export class AccessTokens {
  /** Tokens whose signature was found good: it stays so, only time is checked again. Expired ones are kept too, and stay expired. */
  private readonly known = new LRUCache<string, VerifiedToken>({ max: CACHED_TOKENS });

  constructor(
    private readonly jwt: JwtService,
    private readonly keys: SigningKeysService,
    private readonly clock: Clock,
    private readonly settings: CredentialsSettings,
    private readonly addresses: AddressSettings,
  ) {}

  /** A new token and the moment at which it expires. */
  async issue({ userId, sessionId }: AccessTokenClaims): Promise<{ token: string; expirationTime: string }> {
    const key = await this.keys.current();
    const iat = Math.floor(this.clock.now().getTime() / SECOND_MS);
    const exp = iat + this.settings.ACCESS_TOKEN_SECONDS;
    // Not signAsync, which signs on this thread too, only through streams.
    const token = this.jwt.sign(
      { sub: userId, sid: sessionId, jti: uuid(), iat, exp, iss: this.addresses.publicUrl, aud: TOKEN_AUDIENCE },
      { algorithm: ALGORITHM, privateKey: key.privateKey, header: { alg: ALGORITHM, typ: TOKEN_TYPE, kid: key.id } },
    );
    return { token, expirationTime: new Date(exp * SECOND_MS).toISOString() };
  }

  /** Null for a token that is not ours, or not now. */
  verify(token: string): AccessTokenClaims | null | Promise<AccessTokenClaims | null> {
    const known = this.known.get(token);
    if (known) return this.isCurrent(known) ? known : null;
    return token.length > TOKEN_MAX_LENGTH ? null : this.verifySignature(token);
  }

  /**
   * The claims of a token that is ours, even if it has expired: a signup's own token goes on naming that signup for as long as the signup
   * waits for its code. Opens nothing; null for a token that is not ours.
   */
  async issuedFor(token: string): Promise<AccessTokenClaims | null> {
    return (await this.verify(token)) ?? this.known.get(token) ?? null;
  }

  /** The claims of a token that was verified before and is current; costs no promise. */
  verified(token: string): AccessTokenClaims | undefined {
    const known = this.known.get(token);
    return known && this.isCurrent(known) ? known : undefined;
  }

  private async verifySignature(token: string): Promise<AccessTokenClaims | null> {
    const header = headerOf(token);
    if (header?.alg !== ALGORITHM || header.typ !== TOKEN_TYPE || typeof header.kid !== 'string') return null;
    // Critical extensions (RFC 7515, section 4.1.11): we understand none.
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
        // isCurrent judges it, so that a token found expired is remembered as such.
        ignoreExpiration: true,
      });
      return this.remember(token, payload);
    } catch {
      return null;
    }
  }

  private remember(token: string, { aud, sub, sid, jti, iat, exp, nbf }: Payload): AccessTokenClaims | null {
    if (!isUUID(sub) || !isUUID(sid) || !isUUID(jti) || nbf !== undefined) return null;
    // A list of audiences would have passed so far; ours have one.
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

  /** Not expired (once is for good), not from the future, and not longer-lived than any configuration allows. */
  private isCurrent(token: VerifiedToken): boolean {
    if (token.expiresAt - token.issuedAt > LONGEST_LIFE_SECONDS) return false;
    const now = this.clock.now().getTime() / SECOND_MS;
    token.isExpired ||= now >= token.expiresAt + LEEWAY_SECONDS;
    return !token.isExpired && token.issuedAt <= now + 2 * LEEWAY_SECONDS;
  }
}
