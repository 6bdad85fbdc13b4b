import { createHash } from 'node:crypto';

/** Returns SHA-256 as 64 lower-case hex digits. Stored in place of tokens and keys of 256 random bits, and used to name files by content. */
export function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}
