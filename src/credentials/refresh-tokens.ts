import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { sha256 } from '../common/sha256.js';
import { Secrets } from '../secrets/secrets.js';

const ID_BYTES = 16;
const COUNTER_BYTES = 4;
const SECRET_BYTES = 32;
const TAG_BYTES = 16;
const TAG_PURPOSE = 'refresh-tag';
const BODY_BYTES = 2 * ID_BYTES + COUNTER_BYTES + SECRET_BYTES;

/** Contents of a refresh token; opaque to clients. */
export interface RefreshTokenClaims {
  userId: string;
  sessionId: string;
  /** Number of tokens that the session had before. */
  generation: number;
}

function idBytes(id: string): Buffer {
  return Buffer.from(id.replaceAll('-', ''), 'hex');
}

function idText(bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/**
 * Refresh tokens consist of user, session, generation, 256 secret bits and a MAC. The MAC distinguishes a reused token, which ends its
 * session, from one that somebody made up from a session id.
 */
@Injectable()
export class RefreshTokens {
  constructor(private readonly secrets: Secrets) {}

  first(userId: string, sessionId: string): string {
    return this.encode({ userId, sessionId, generation: 0 }, randomBytes(SECRET_BYTES));
  }

  /** Returns the successor of `token`. The same nonce gives the same successor, so it is not stored. */
  successor(token: string, claims: RefreshTokenClaims, nonce: string): string {
    return this.successors(token, claims, nonce)[0];
  }

  /** Returns the successor that was issued earlier and has this hash; it may have been derived from the previous secret. */
  issuedSuccessor(token: string, claims: RefreshTokenClaims, nonce: string, hash: string): string {
    const successors = this.successors(token, claims, nonce);
    return successors.find((successor) => sha256(successor) === hash) ?? successors[0];
  }

  /** Returns null for a token that was never issued here. */
  parse(token: string): RefreshTokenClaims | null {
    const bytes = Buffer.from(token, 'base64url');
    if (bytes.length !== BODY_BYTES + TAG_BYTES || bytes.toString('base64url') !== token) return null;
    const body = bytes.subarray(0, BODY_BYTES);
    if (!this.secrets.isMac(bytes.subarray(BODY_BYTES), TAG_PURPOSE, body.toString('hex'))) return null;
    return {
      userId: idText(body.subarray(0, ID_BYTES)),
      sessionId: idText(body.subarray(ID_BYTES, 2 * ID_BYTES)),
      generation: body.readUInt32BE(2 * ID_BYTES),
    };
  }

  private successors(token: string, claims: RefreshTokenClaims, nonce: string): string[] {
    const next = { ...claims, generation: claims.generation + 1 };
    const tags = (body: Buffer) => this.secrets.macs(TAG_PURPOSE, body.toString('hex'));
    const bodies = this.secrets.macs('refresh-successor', token, nonce).map((secret) => this.body(next, secret));
    return bodies.map((body, i) => Buffer.concat([body, tags(body)[i].subarray(0, TAG_BYTES)]).toString('base64url'));
  }

  private encode(claims: RefreshTokenClaims, secret: Buffer): string {
    const body = this.body(claims, secret);
    const tag = this.secrets.mac(TAG_PURPOSE, body.toString('hex')).subarray(0, TAG_BYTES);
    return Buffer.concat([body, tag]).toString('base64url');
  }

  private body({ userId, sessionId, generation }: RefreshTokenClaims, secret: Buffer): Buffer {
    const counter = Buffer.alloc(COUNTER_BYTES);
    counter.writeUInt32BE(generation);
    return Buffer.concat([idBytes(userId), idBytes(sessionId), counter, secret]);
  }
}
