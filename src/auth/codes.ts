import { randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Secrets } from '../secrets/secrets.js';
import { asciiDigits } from '../http/characters.js';

export const CODE_LENGTH = 6;
const CODE_COUNT = 10 ** CODE_LENGTH;
const PURPOSE = 'verification-code';
/** Hex digits of an HMAC-SHA256. */
const HASH_LENGTH = 64;

/** Verification codes: six decimal digits, kept only as an HMAC bound to their purpose and their signup. */
@Injectable()
export class Codes {
  constructor(private readonly secrets: Secrets) {}

  generate(): string {
    return String(randomInt(CODE_COUNT)).padStart(CODE_LENGTH, '0');
  }

  hash(attemptId: string, code: string): string {
    return this.secrets.mac(PURPOSE, attemptId, code).toString('hex');
  }

  /** Compares in constant time. Ignores what is typed between the digits, and accepts digits of any script. False when `stored` is null. */
  matches(attemptId: string, code: string, stored: string | null): boolean {
    const hash = Buffer.from(stored ?? '0'.repeat(HASH_LENGTH), 'hex');
    const isEqual = this.secrets.isMac(hash, PURPOSE, attemptId, asciiDigits(code));
    return isEqual && stored !== null;
  }
}
