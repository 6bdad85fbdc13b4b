import { domainToASCII } from 'node:url';
import { isAscii, isEmail } from 'class-validator';
import { IGNORABLE } from './characters.js';

/** RFC 5321, section 4.5.3.1.3, less the two angle brackets. */
export const EMAIL_MAX_LENGTH = 254;

const WRITTEN_DOMAIN = /^[\p{L}\p{M}\p{N}.\u3002-]+$/u;

/** No quoted local parts: such mailboxes should not exist (RFC 5321, section 4.1.2), and mail programs disagree on them. */
const EMAIL_RULES = { allow_utf8_local_part: false, blacklisted_chars: '"' };

/** Characters that case folding turns into ASCII (\u017F, the Kelvin sign, full-width letters) or removes. */
function foldsIntoAscii(character: string): boolean {
  if (isAscii(character)) return false;
  const upper = character.toUpperCase();
  const folded = character.toLowerCase().normalize('NFKC');
  return IGNORABLE.test(character) || isAscii(folded) || (upper.length === 1 && isAscii(upper));
}

/**
 * Normalises an address for storage and comparison: trimmed, lower case, the domain in ASCII (RFC 5890). Returns invalid text unchanged: too
 * long (work on a domain grows with the square of its length), or text that folding would turn into somebody else's address.
 */
export function normaliseEmail(text: string): string {
  const written = text.trim();
  if (written.length > EMAIL_MAX_LENGTH) return written;
  const at = written.lastIndexOf('@');
  const domain = written.slice(at + 1);
  if (at < 0 || !isAscii(written.slice(0, at)) || [...domain].some(foldsIntoAscii)) return written;
  const lowered = written.toLowerCase();
  // It parses the domain as part of a URL, so it would cut "example.com/x" instead of refusing it.
  const ascii = !WRITTEN_DOMAIN.test(domain) ? '' : domainToASCII(domain.toLowerCase());
  return ascii === '' ? lowered : lowered.slice(0, at + 1) + ascii;
}

/** Whether normalised text is an address. */
export function isEmailAddress(text: unknown): boolean {
  if (typeof text !== 'string' || text.length > EMAIL_MAX_LENGTH) return false;
  // In this order, because the second check throws at a lone surrogate.
  return isAscii(text) && isEmail(text, EMAIL_RULES);
}
