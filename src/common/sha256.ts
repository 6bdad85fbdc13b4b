import { createHash } from 'node:crypto';

/** SHA-256 as 64 lower-case hex digits: how tokens and keys of 256 random bits are kept, and what names a file by its content. */
export function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}
