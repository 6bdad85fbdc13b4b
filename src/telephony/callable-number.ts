import { AppError } from '../common/app-error.js';
import { parseE164 } from './e164.js';
import { TELEPHONY_ERRORS } from './telephony.errors.js';

/** Satellite networks, networks of no country, and premium rates of no country (ITU-T E.164.1). */
const COSTLY_PREFIX = /^\+(870|878|881|882|883|888|979|991)/;
/** `112`, `911` and the like; and the codes of five or six digits that North America has. */
const BARE_SHORT_CODE = /^(\d{3}|[2-9]\d{4,5})$/;
const NORTH_AMERICAN_SHORT_CODE = /^([2-9]11|988|[2-9]\d{4,5})$/;
/** Elsewhere no subscriber has a number of three digits, and 116 and three digits are the European services. */
const SHORT_CODE = /^(\d{2,3}|116\d{3})$/;

function refusal(field: string, message: string): AppError {
  return new AppError(TELEPHONY_ERRORS.NUMBER_NOT_ALLOWED, { faults: [{ field, message: `${field} ${message}` }] });
}

async function isShortCode(text: string): Promise<boolean> {
  if (BARE_SHORT_CODE.test(text)) return true;
  if (!/^\+\d{4,9}$/.test(text)) return false;
  const { parsePhoneNumberFromString } = await import('libphonenumber-js/min');
  const number = parsePhoneNumberFromString(text);
  if (!number) return false;
  return (number.countryCallingCode === '1' ? NORTH_AMERICAN_SHORT_CODE : SHORT_CODE).test(number.nationalNumber);
}

/**
 * Reads a number that is to be called; throws NUMBER_INVALID, or NUMBER_NOT_ALLOWED for numbers that cost their caller much or that no
 * machine should call: premium rate, satellite, short codes, emergency numbers. `countries` are ISO codes; undefined for all countries.
 */
export async function parseCallableNumber(text: string, field: string, countries?: string[]): Promise<string> {
  if (await isShortCode(text)) throw refusal(field, 'is a short code or an emergency number');
  if (COSTLY_PREFIX.test(text) && text.length >= 8) throw refusal(field, 'is on a satellite or at a premium rate');
  const { e164 } = await parseE164(text, field);
  // Only the library's largest list knows what kind of number it is; it is loaded when the first call is made.
  const { parsePhoneNumberFromString } = await import('libphonenumber-js/max');
  const number = parsePhoneNumberFromString(e164);
  if (number?.getType() === 'PREMIUM_RATE') throw refusal(field, 'is at a premium rate');
  if (countries === undefined) return e164;
  const possible = number?.country === undefined ? (number?.getPossibleCountries() ?? []) : [number.country];
  // Numbers that several countries share, as those of North America do, count as called only where all of these are.
  if (possible.length > 0 && possible.every((country) => countries.includes(country))) return e164;
  throw refusal(field, 'is in a country that this service does not call');
}
