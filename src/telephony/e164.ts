import { AppError } from '../common/app-error.js';
import { TELEPHONY_ERRORS } from './telephony.errors.js';

const FORM = /^\+[1-9]\d{1,14}$/;

/** A phone number in its one form, and what it tells. */
export interface ParsedNumber {
  e164: string;
  /** ISO 3166-1 code; null where the number tells none. */
  country: string | null;
}

/**
 * Reads a phone number that must be in E.164 form. `field` names it in the fault. What decides is whether a number of its country can
 * be so long, not whether its range is in use: ranges change faster than any list of them, and reserved ones are right in examples.
 * Loaded when it is first needed, the library costs the start nothing; its smallest list of countries is enough for lengths.
 */
export async function parseE164(text: string, field = 'e164'): Promise<ParsedNumber> {
  const { parsePhoneNumberFromString } = await import('libphonenumber-js/min');
  const number = FORM.test(text) ? parsePhoneNumberFromString(text) : undefined;
  // One that comes out otherwise has a national prefix in it.
  if (number?.isPossible() && number.number === text) return { e164: text, country: number.country ?? null };
  const message = `${field} must be a phone number in E.164 form, such as +12025550123`;
  throw new AppError(TELEPHONY_ERRORS.NUMBER_INVALID, { faults: [{ field, message }] });
}
