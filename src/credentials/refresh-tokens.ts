import { randomBytes, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Secrets } from '../secrets/secrets.js';

const ID_BYTES = 16;
const COUNTER_BYTES = 4;
const SECRET_BYTES = 32;
const TAG_BYTES = 16;
const BODY_BYTES = 2 * ID_BYTES + COUNTER_BYTES + SECRET_BYTES;

/** What a refresh token says of itself; opaque to clients. */
export interface RefreshTokenClaims {
  userId: string;
  sessionId: string;
  /** How many tokens the session had before this one. */
  generation: number;
}

function idBytes(id: string): Buffer {
  return Buffer.from(id.replaceAll('-', ''), 'hex');
}

function idText(bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/**
 * Refresh tokens: user, session, generation, 256 secret bits and a tag of ours. The tag tells a token that was once issued, and
 * is now used again, from one that somebody made up from a session's id; only the first kind ends the session.
 */
@Injectable()
export class RefreshTokens {
  constructor(private readonly secrets: Secrets) {}

  first(userId: string, sessionId: string): string {
    return this.encode({ userId, sessionId, generation: 0 }, randomBytes(SECRET_BYTES));
  }

  /** The token that follows `token`; the same nonce gives the same successor, so that it need not be stored. */
  successor(token: string, claims: RefreshTokenClaims, nonce: string): string {
    const secret = this.secrets.mac('refresh-successor', token, nonce);
    return this.encode({ ...claims, generation: claims.generation + 1 }, secret);
  }

  /** Null for anything that was never issued here. */
  parse(token: string): RefreshTokenClaims | null {
    const bytes = Buffer.from(token, 'base64url');
    if (bytes.length !== BODY_BYTES + TAG_BYTES || bytes.toString('base64url') !== token) return null;
    const body = bytes.subarray(0, BODY_BYTES);
    if (!timingSafeEqual(this.tag(body), bytes.subarray(BODY_BYTES))) return null;
    return {
      userId: idText(body.subarray(0, ID_BYTES)),
      sessionId: idText(body.subarray(ID_BYTES, 2 * ID_BYTES)),
      generation: body.readUInt32BE(2 * ID_BYTES),
    };
  }

  private encode({ userId, sessionId, generation }: RefreshTokenClaims, secret: Buffer): string {
    const counter = Buffer.alloc(COUNTER_BYTES);
    counter.writeUInt32BE(generation);
    const body = Buffer.concat([idBytes(userId), idBytes(sessionId), counter, secret]);
    return Buffer.concat([body, this.tag(body)]).toString('base64url');
  }

  private tag(body: Buffer): Buffer {
    return this.secrets.mac('refresh-tag', body.toString('hex')).subarray(0, TAG_BYTES);
  }
}
