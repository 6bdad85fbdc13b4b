import { isIP } from 'node:net';
import { Transform } from 'class-transformer';
import { ValidateBy } from 'class-validator';
import { isThisMachine } from './addresses.js';

/** Accepts a value for which `faultOf` returns undefined. Otherwise its text completes the sentence "NAME must …". */
export function Without(faultOf: (value: string) => string | undefined): PropertyDecorator {
  const defaultMessage = (args?: { property: string; value: string }) =>
    `${args?.property} must ${faultOf(args!.value)}`;
  return ValidateBy({ name: 'without', validator: { validate: (value: string) => !faultOf(value), defaultMessage } });
}

/** Accepts a value for which `test` returns true. `expected` completes the sentence "NAME must be …". */
export function Satisfies<Value>(test: (value: Value) => boolean, expected: string): PropertyDecorator {
  const defaultMessage = (args?: { property: string }) => `${args?.property} must be ${expected}`;
  return ValidateBy({ name: 'satisfies', validator: { validate: test, defaultMessage } });
}

/** Accepts a whole number in decimal digits. */
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

/** Accepts a URL that has a host and one of these protocols (`http:`). A `%` in a password must be written as `%25`. */
export function isUrl(value: string, protocols: string[]): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname, username, password } = new URL(value);
  return protocols.includes(protocol) && hostname !== '' && isDecodable(username) && isDecodable(password);
}

/** Returns true for a URL to which a secret may be sent: https, or http to this machine, without a query or credentials. */
export function isSafeUrl(value: string): boolean {
  if (!isUrl(value, ['https:', 'http:']) || /[?#]/.test(value)) return false;
  const { protocol, hostname, username, password } = new URL(value);
  return (protocol === 'https:' || isThisMachine(hostname)) && username + password === '';
}

/** Returns a host as URLs spell it: lower case, in ASCII, IPv4 as four decimal numbers, IPv6 in brackets, no dot at the end. */
export function hostOf(text: string): string | undefined {
  const host = isIP(text) === 6 ? `[${text}]` : text;
  const isBare = /^(\[[\da-f:.]+\]|[^\s/?#@\\:[\]]+)$/i.test(host);
  return isBare && URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname.replace(/\.$/, '') : undefined;
}

/** Returns an origin as browsers send it. `:*` stands for any port; no other wildcard is accepted. */
export function isOrigin(text: string): boolean {
  const origin = text.replace(/:\*$/, '');
  return !origin.includes('*') && isUrl(origin, ['http:', 'https:']) && new URL(origin).origin === origin;
}
