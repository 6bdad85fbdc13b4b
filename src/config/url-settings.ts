import { Transform } from 'class-transformer';
import { isAddress } from './addresses.js';
import { hostOf, isDecodable, isSafeUrl, Without } from './rules.js';

/** What a URL setting may be. */
export interface UrlRule {
  /** `http:`, say. */
  protocols: string[];
  /** Completes the sentence "NAME must be …". */
  expected: string;
  /** Parts that it may have beside protocol, host, port and path. */
  may?: ('credentials' | 'query')[];
}

/** Browsers would also take `http:host`, `http:///host`, and blanks that they drop. */
const WRITTEN_OUT = /^[a-z]+:\/\/[^\s/\\]\S*$/i;
const IPV6_ZONE = /^[a-z]+:\/\/([^/?#]*@)?\[[\da-f:.]*%/i;

/** The host as clients connect to it: lower case, in ASCII, IPv6 without brackets, no dot at the end. Undefined: it is no host. */
export function hostToConnect(url: URL): string | undefined {
  // A URL of a protocol that browsers do not know keeps the host as it was written, percent-encoded.
  const host = isDecodable(url.hostname) ? hostOf(decodeURIComponent(url.hostname)) : undefined;
  return host?.replace(/^\[(.*)\]$/, '$1');
}

/** Whether the host of a URL that was checked is an address. */
export function leadsToAddress(url: URL): boolean {
  return isAddress(hostToConnect(url) ?? '');
}

/** What is wrong with a URL, as the end of "NAME must …"; undefined when nothing is. It repeats nothing of the URL. */
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

/** A URL in one spelling, whoever wrote it; what is none stays as it is, for its rule to refuse. */
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

/** An http:// or https:// URL in its canonical spelling; one that others are made of ends with no slash. */
export function HttpUrl(rule: Omit<UrlRule, 'protocols'> & { isBase: boolean }): PropertyDecorator {
  return readAndChecked(rule.isBase, (value) => faultOfUrl(value, { ...rule, protocols: HTTP }));
}

/** Where a secret is sent; it ends with no slash. */
export function SafeUrl(): PropertyDecorator {
  const expected = 'an https:// URL (or http:// to this machine) with no user, ? or #';
  return readAndChecked(true, (value) => {
    return faultOfUrl(value, { protocols: HTTP, expected }) ?? (isSafeUrl(value) ? undefined : `be ${expected}`);
  });
}
