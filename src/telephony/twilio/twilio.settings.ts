import { IsOptional } from 'class-validator';
import { Satisfies, Whole } from '../../config/rules.js';
import { ModuleSettings } from '../../config/settings.js';
import { SafeUrl } from '../../config/url-settings.js';

/** Twilio. The carrier. */
export class TwilioSettings extends ModuleSettings {
  /** Account at Twilio that phone numbers must belong to; with TWILIO_AUTH_TOKEN. Unset: numbers are kept unverified. */
  @IsOptional()
  @Satisfies((value: string) => /^AC[0-9a-f]{32}$/i.test(value), 'AC and 32 hex digits')
  TWILIO_ACCOUNT_SID?: string;

  /** The account's secret. */
  @IsOptional()
  @Satisfies((value: string) => /^[\x21-\x7e]{16,}$/.test(value), 'at least 16 characters without blanks')
  TWILIO_AUTH_TOKEN?: string;

  /** Where Twilio's API is, for an account in another region than the US, say. */
  @SafeUrl()
  TWILIO_API_URL: string = 'https://api.twilio.com';

  /** How long Twilio may take to tell whose a number is; then the answer is 503. Milliseconds. */
  @Whole(100, 60_000)
  TWILIO_TIMEOUT_MS: number = 10_000;

  override faults(): string[] {
    const isHalf = (this.TWILIO_ACCOUNT_SID === undefined) !== (this.TWILIO_AUTH_TOKEN === undefined);
    return isHalf ? ['TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN must be set together'] : [];
  }
}
