import { Transform } from 'class-transformer';
import { isAddress } from './addresses.js';
import { hostOf, isDecodable, isSafeUrl, Without } from './rules.js';

/** Which URLs a setting accepts. */
export interface UrlRule {
  /** Accepted protocols, with their colon: `http:`. */
  protocols: string[];
  /** Completes the sentence "NAME must be …". */
  expected: string;
  /** Accepted parts beside protocol, host, port and path. */
  may?: ('credentials' | 'query')[];
}

/** URL.canParse would also accept `http:host`, `http:///host` and blanks, which it drops. */
const WRITTEN_OUT = /^[a-z]+:\/\/[^\s/\\]\S*$/i;
const IPV6_ZONE = /^[a-z]+:\/\/([^/?#]*@)?\[[\da-f:.]*%/i;

/** Returns the host to connect to: lower case, in ASCII, IPv6 without brackets, no dot at the end. Undefined when it is not a valid host. */
export function hostToConnect(url: URL): string | undefined {
  // For protocols that browsers do not know, URL leaves the host percent-encoded.
  const host = isDecodable(url.hostname) ? hostOf(decodeURIComponent(url.hostname)) : undefined;
  return host?.replace(/^\[(.*)\]$/, '$1');
}

/** Returns true when the host of a checked URL is an IP address. */
export function leadsToAddress(url: URL): boolean {
  return isAddress(hostToConnect(url) ?? '');
}

/** Returns what is wrong with a URL, as the end of "NAME must …", without repeating any of it; undefined when it is valid. */
export function faultOfUrl(value: string, { protocols, expected, may = [] }: UrlRule): string | undefined {
  if (IPV6_ZONE.test(value)) return 'be given without the zone (%eth0, say) of its IPv6 address';
  if (!WRITTEN_OUT.test(value) || !URL.canParse(value)) return `be ${expected}`;
  const url = new URL(value);
  const { protocol, username, password } = url;
  if (!protocols.includes(protocol) || hostToConnect(url) === undefined) return `be ${expected}`;
  if (!isDecodable(username) || !isDecodable(password)) return 'be written with %25 for a % in its user or password';
  if (username + password !== '' && !may.includes('credentials')) return `be ${expected}`;
  if (/\?/.test(value) && !may.includes('query')) return `be ${expected}`;
  if (value.includes('#'))
    return may.includes('credentials') ? 'have no # (in a password it is %23)' : `be ${expected}`;
  return url.port === '0' ? 'be given a port from 1 to 65535, or none' : undefined;
}

/** Returns the canonical spelling of a URL. Text that is no URL is returned unchanged: the setting's rule rejects it. */
function canonicalUrl(value: string, isBase: boolean): string {
  if (!WRITTEN_OUT.test(value) || !URL.canParse(value)) return value;
  const url = new URL(value);
  if (url.hostname.endsWith('.')) url.hostname = url.hostname.slice(0, -1);
  return isBase && !/[?#]/.test(value) ? url.href.replace(/\/+$/, '') : url.href;
}

const HTTP = ['http:', 'https:'];

function readAndChecked(isBase: boolean, faultOf: (value: string) => string | undefined): PropertyDecorator {
  const read = Transform(({ value }: { value: string }) => canonicalUrl(value, isBase));
  const check = Without(faultOf);
  return (target, property) => {
    read(target, property);
    check(target, property);
  };
}

/** Accepts http:// and https:// URLs and stores their canonical spelling. A base URL, to which paths are added, loses its last slash. */
export function HttpUrl(rule: Omit<UrlRule, 'protocols'> & { isBase: boolean }): PropertyDecorator {
  return readAndChecked(rule.isBase, (value) => faultOfUrl(value, { ...rule, protocols: HTTP }));
}

/** Accepts URLs to which a secret may be sent; the last slash is removed. */
export function SafeUrl(): PropertyDecorator {
  const expected = 'an https:// URL (or http:// to this machine) with no user, ? or #';
  return readAndChecked(true, (value) => {
    return faultOfUrl(value, { protocols: HTTP, expected }) ?? (isSafeUrl(value) ? undefined : `be ${expected}`);
  });
}
