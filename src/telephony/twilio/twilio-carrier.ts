import { setTimeout as delay } from 'node:timers/promises';
import type { Twilio } from 'twilio';
import { AppError } from '../../common/app-error.js';
import { TwilioSettings } from './twilio.settings.js';
import { Carrier, type CarrierStatus } from '../carrier.js';
import { TELEPHONY_ERRORS } from '../telephony.errors.js';

const RETRY_SECONDS = 10;
/** Twilio finds numbers by a part of them too, so the whole one may stand behind others; so many are looked at. */
const FOUND = { pageSize: 50, limit: 200 };

/** What the log may say of a failure: never the error itself, for it carries the request with its credentials. */
function reasonOf(error: unknown): string {
  const { status, code } = error as { status?: unknown; code?: unknown };
  if (status === 401) return 'Twilio does not accept TWILIO_ACCOUNT_SID with TWILIO_AUTH_TOKEN';
  if (typeof status === 'number') return `Twilio answered ${status}`;
  if (typeof code === 'string') return `Twilio cannot be reached: ${code}`;
  return 'Twilio answered something that is none of its answers';
}

/** Twilio: a number is the account's that it bought (IncomingPhoneNumbers), or proved to be its own (OutgoingCallerIds). */
export class TwilioCarrier extends Carrier {
  private client?: Promise<Twilio>;

  constructor(private readonly settings: TwilioSettings) {
    super();
  }

  async check(e164: string): Promise<CarrierStatus> {
    if (!(await this.isOurs(e164))) throw new AppError(TELEPHONY_ERRORS.NUMBER_NOT_YOURS);
    return 'verified';
  }

  private async isOurs(e164: string): Promise<boolean> {
    const client = await (this.client ??= this.connect());
    try {
      return await this.inTime(this.ask(client, e164));
    } catch (error) {
      throw new AppError(TELEPHONY_ERRORS.CARRIER_UNAVAILABLE, {
        retryAfterSeconds: RETRY_SECONDS,
        cause: new Error(reasonOf(error)),
      });
    }
  }

  private async ask({ incomingPhoneNumbers, outgoingCallerIds }: Twilio, e164: string): Promise<boolean> {
    const query = { phoneNumber: e164, ...FOUND };
    const bought = await incomingPhoneNumbers.list(query);
    if (bought.some(({ phoneNumber }) => phoneNumber === e164)) return true;
    const proved = await outgoingCallerIds.list(query);
    return proved.some(({ phoneNumber }) => phoneNumber === e164);
  }

  /** The library is large, so it is not loaded before it is needed. */
  private async connect(): Promise<Twilio> {
    const { default: twilio } = await import('twilio');
    const { TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_API_URL, TWILIO_TIMEOUT_MS } = this.settings;
    // Blank, or it would look for settings of its own in the environment.
    const client = twilio(TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, { timeout: TWILIO_TIMEOUT_MS, edge: '', region: '' });
    client.api.baseUrl = TWILIO_API_URL;
    return client;
  }

  /** The library's own timeout is for silence alone: an answer that comes in drops would never end. */
  private async inTime<Answer>(answer: Promise<Answer>): Promise<Answer> {
    const timer = new AbortController();
    const deadline = delay(this.settings.TWILIO_TIMEOUT_MS, undefined, { signal: timer.signal }).then(() => {
      throw Object.assign(new Error('Too late'), { code: 'ETIMEDOUT' });
    });
    try {
      return await Promise.race([answer, deadline]);
    } finally {
      timer.abort();
    }
  }
}
