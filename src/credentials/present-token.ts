import { timingSafeEqual } from 'node:crypto';
import { sha256 } from '../common/sha256.js';
import type { RefreshTokenClaims } from './refresh-tokens.js';
import { Session } from './session.entity.js';

/** Compares a hash with a stored one in constant time. */
export function equals(a: string, b: string | null): boolean {
  return b !== null && a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}

/** Whether the token is the session's current refresh token. */
export function isPresent(session: Session, token: string, { generation }: RefreshTokenClaims): boolean {
  return generation === session.generation && equals(sha256(token), session.refreshHash);
}
