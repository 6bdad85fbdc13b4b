import { Injectable } from '@nestjs/common';
import { In, Not } from 'typeorm';
import { AppError } from '../../common/app-error.js';
import { Clock, HOUR_MS, SECOND_MS } from '../../common/clock.js';
import { Database } from '../../database/database.js';
import { AddressSettings } from '../../http/address.settings.js';
import { Secrets } from '../../secrets/secrets.js';
import { idOf, sidOf } from '../call-sid.js';
import { CALLS_ERRORS } from '../calls.errors.js';
import { Recording } from './recording.entity.js';
import { RecordingsSettings } from './recordings.settings.js';

const PURPOSE = 'recording-link';
const SIGNATURE = /^[A-Za-z0-9_-]{43}$/;
const EXPIRES = /^\d{1,12}$/;
const FILE = /^(.+)\.wav$/;

/** Query of a link: untrusted input. */
export interface LinkQuery {
  expires?: unknown;
  signature?: unknown;
}

/** Links to recordings, which work without credentials for a while. Each is signed for one call and one moment of expiry. */
@Injectable()
export class RecordingLinks {
  constructor(
    private readonly database: Database,
    private readonly secrets: Secrets,
    private readonly clock: Clock,
    private readonly addresses: AddressSettings,
    private readonly settings: RecordingsSettings,
  ) {}

  /** Returns links to the recordings of these calls, by call id. In a unit of work, pass its manager. */
  async urlsOf(callIds: string[], manager = this.database.reader.manager): Promise<Map<string, string[]>> {
    if (callIds.length === 0) return new Map();
    const where = { callId: In(callIds), state: Not('writing' as const) };
    const recordings = await manager.find(Recording, { select: { callId: true }, where });
    return new Map(
      recordings.map(({ callId }) => [callId ?? '', [`${this.addresses.publicUrl}/${this.pathOf(callId ?? '')}`]]),
    );
  }

  /** Returns the id of the call whose recording the link leads to. Throws RECORDING_LINK_INVALID. */
  check(file: string, { expires, signature }: LinkQuery): string {
    const callId = idOf(FILE.exec(file)?.[1] ?? '');
    if (callId === null || !this.isSigned(callId, expires, signature)) {
      throw new AppError(CALLS_ERRORS.RECORDING_LINK_INVALID);
    }
    return callId;
  }

  /** A link as a path from the root of the service. */
  pathOf(callId: string): string {
    const expires = Math.floor(this.clock.in(this.settings.RECORDING_URL_HOURS * HOUR_MS).getTime() / SECOND_MS);
    const signature = this.secrets.mac(PURPOSE, callId, String(expires)).toString('base64url');
    return `recordings/${sidOf(callId)}.wav?expires=${expires}&signature=${signature}`;
  }

  private isSigned(callId: string, expires: unknown, signature: unknown): boolean {
    if (typeof expires !== 'string' || !EXPIRES.test(expires)) return false;
    if (typeof signature !== 'string' || !SIGNATURE.test(signature)) return false;
    if (Number(expires) * SECOND_MS <= this.clock.now().getTime()) return false;
    return this.secrets.isMac(Buffer.from(signature, 'base64url'), PURPOSE, callId, expires);
  }
}
