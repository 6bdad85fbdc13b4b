import { isIP } from 'node:net';
import { Transform } from 'class-transformer';
import { ValidateBy } from 'class-validator';
import { isThisMachine } from './addresses.js';

/** A value in which `faultOf` finds nothing; what it finds completes the sentence "NAME must …". */
export function Without(faultOf: (value: string) => string | undefined): PropertyDecorator {
  const defaultMessage = (args?: { property: string; value: string }) =>
    `${args?.property} must ${faultOf(args!.value)}`;
  return ValidateBy({ name: 'without', validator: { validate: (value: string) => !faultOf(value), defaultMessage } });
}

/** A value that `test` accepts; `expected` completes the sentence "NAME must be …". */
export function Satisfies<Value>(test: (value: Value) => boolean, expected: string): PropertyDecorator {
  const defaultMessage = (args?: { property: string }) => `${args?.property} must be ${expected}`;
  return ValidateBy({ name: 'satisfies', validator: { validate: test, defaultMessage } });
}

/** A whole number in plain digits. */
export function Whole(min: number, max: number): PropertyDecorator {
  const read = Transform(({ value }: { value: unknown }) => (/^\d+$/.test(String(value)) ? Number(value) : NaN));
  const isInRange = (value: number) => value >= min && value <= max;
  const check = Satisfies(isInRange, `a whole number from ${min} to ${max}`);
  return (target, property) => {
    read(target, property);
    check(target, property);
  };
}

export function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** A URL of one of these protocols (`http:`, say) with a host; a `%` in a password must be written as `%25`. */
export function isUrl(value: string, protocols: string[]): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname, username, password } = new URL(value);
  return protocols.includes(protocol) && hostname !== '' && isDecodable(username) && isDecodable(password);
}

/** Where a secret may be sent: https, or http that does not leave this machine; no query, and no credentials of its own. */
export function isSafeUrl(value: string): boolean {
  if (!isUrl(value, ['https:', 'http:']) || /[?#]/.test(value)) return false;
  const { protocol, hostname, username, password } = new URL(value);
  return (protocol === 'https:' || isThisMachine(hostname)) && username + password === '';
}

/** A host as URLs spell it: lower case, in ASCII, IPv4 as four decimal numbers, IPv6 in brackets; without a dot at its end. */
export function hostOf(text: string): string | undefined {
  const host = isIP(text) === 6 ? `[${text}]` : text;
  const isBare = /^(\[[\da-f:.]+\]|[^\s/?#@\\:[\]]+)$/i.test(host);
  return isBare && URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname.replace(/\.$/, '') : undefined;
}

/** An origin as browsers send it; `:*` stands for any port, and no other part can be left open. */
export function isOrigin(text: string): boolean {
  const origin = text.replace(/:\*$/, '');
  return !origin.includes('*') && isUrl(origin, ['http:', 'https:']) && new URL(origin).origin === origin;
}
