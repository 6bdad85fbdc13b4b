import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock, DAY_MS } from '../common/clock.js';
import { Secrets } from '../secrets/secrets.js';
import { Database } from '../database/database.js';
import { Transaction } from '../database/transaction.js';
import { idsOfCounter } from './address-counters.js';
import { Counter } from './counter.entity.js';

const PURPOSE = 'device-token';
const ENDED = 'device-tokens-ended';
const ID_BYTES = 16;
const TIME_BYTES = 6;
const HEAD_BYTES = ID_BYTES + TIME_BYTES;
const MAC_BYTES = 32;
/** 54 bytes in base64url, without padding. */
const TOKEN_LENGTH = 72;

/** Not a setting: a change would revive tokens that were ended. */
const LIFETIME_MS = 90 * DAY_MS;

/** OpenAPI schema of a token. */
export const DEVICE_TOKEN_SCHEMA = {
  type: 'string' as const,
  maxLength: TOKEN_LENGTH,
  pattern: `^[\\w-]{${TOKEN_LENGTH}}$`,
  example: 'jI01e16HK7rNRRl2Jr1XWQGbdtqoAFDYWOCYXsx_YEGKrwzFq1h_QsJXCohAlanozKzQ9lRc',
};

type Readable = Pick<Transaction, 'rows'>;

/** A device that logged in before. */
export interface Device {
  id: string;
  issuedAt: number;
}

/**
 * Tokens that identify a device that logged in before, on any network. A token is an id, its time of issue, and a MAC over both and the
 * address. It needs no row, and reveals nothing about an account to somebody who never logged in.
 */
@Injectable()
export class DeviceTokens {
  constructor(
    private readonly database: Database,
    private readonly secrets: Secrets,
    private readonly clock: Clock,
  ) {}

  /** Returns the device of a token; null when it is forged, expired, or of another address. Costs no query. */
  read(token: string, email: string): Device | null {
    if (token.length !== TOKEN_LENGTH) return null;
    const bytes = Buffer.from(token, 'base64url');
    if (bytes.length !== HEAD_BYTES + MAC_BYTES) return null;
    const head = bytes.subarray(0, HEAD_BYTES);
    if (!this.secrets.isMac(bytes.subarray(HEAD_BYTES), PURPOSE, email, head.toString('hex'))) return null;
    const issuedAt = head.readUIntBE(ID_BYTES, TIME_BYTES);
    const isExpired = issuedAt + LIFETIME_MS <= this.clock.now().getTime();
    return isExpired ? null : { id: head.toString('hex', 0, ID_BYTES), issuedAt };
  }

  /** Whether the address's tokens were ended after this one was issued. */
  async isEnded(email: string, { issuedAt }: Device, { rows }: Readable = this.database): Promise<boolean> {
    for (const id of idsOfCounter(this.secrets, email, ENDED)) {
      const end = await rows.find(Counter, { id });
      if (end !== null && issuedAt + LIFETIME_MS <= end.resetsAt.getTime()) return true;
    }
    return false;
  }

  /** Issues a token at login, with the device id of the presented token if that is valid, else with a new id. */
  async issue(transaction: Transaction, email: string, presented: string | undefined): Promise<string> {
    const device = presented === undefined ? null : this.read(presented, email);
    const isAlive = device !== null && !(await this.isEnded(email, device, transaction));
    const head = Buffer.alloc(HEAD_BYTES);
    (isAlive ? Buffer.from(device.id, 'hex') : randomBytes(ID_BYTES)).copy(head);
    head.writeUIntBE(this.clock.now().getTime(), ID_BYTES, TIME_BYTES);
    return Buffer.concat([head, this.mac(head, email)]).toString('base64url');
  }

  /** Ends all tokens of the address. The row may be deleted when the last of them would have expired. */
  async endAll({ rows }: Transaction, email: string): Promise<void> {
    const end = { id: idsOfCounter(this.secrets, email, ENDED)[0], count: 1, resetsAt: this.clock.in(LIFETIME_MS) };
    await rows.insert(Counter, end, { key: 'id', columns: ['resetsAt'] });
  }

  private mac(head: Buffer, email: string): Buffer {
    return this.secrets.mac(PURPOSE, email, head.toString('hex'));
  }
}
