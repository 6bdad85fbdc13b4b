import { isIP } from 'node:net';
import { splitOutsideQuotes } from './sip-headers.js';

/** Longer ones are of no use to anybody. */
const MAX_URI_LENGTH = 1024;
const SIP_URI =
  /^(sips?):(?:([^@\s<>"]*)@)?(\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(?::(\d{1,5}))?((?:;[^?;\s<>"]+)*)(?:\?\S*)?$/i;
const TEL_URI = /^tel:(\+?[\d*#().-]+)((?:;[^;\s<>"]+)*)$/i;

export type SipParams = Map<string, string | null>;

/** A SIP or telephone URI (RFC 3261 section 19.1, RFC 3966) as far as a telephone needs it: no password, no headers. */
export interface SipUri {
  scheme: 'sip' | 'sips' | 'tel';
  /** Decoded; the digits of a telephone URI. Empty when there is none. */
  user: string;
  /** Without the brackets of IPv6; empty for a telephone URI. */
  host: string;
  port: number | null;
  params: SipParams;
}

/** An address with its display name left out (RFC 3261 section 20.10): the URI, and the field's own parameters. */
export interface NameAddress {
  uri: string;
  params: SipParams;
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function unquoted(text: string): string {
  return text.startsWith('"') && text.endsWith('"') && text.length > 1
    ? text.slice(1, -1).replace(/\\(.)/g, '$1')
    : text;
}

/** Parameters between semicolons; names in lower case, null for those without a value. */
export function parseParams(parts: string[]): SipParams {
  const params: SipParams = new Map();
  for (const part of parts) {
    const at = part.indexOf('=');
    const name = (at === -1 ? part : part.slice(0, at)).trim().toLowerCase();
    if (name !== '' && !params.has(name)) params.set(name, at === -1 ? null : unquoted(part.slice(at + 1).trim()));
  }
  return params;
}

/** Reads a URI; null for one of another scheme or form. */
export function parseSipUri(text: string): SipUri | null {
  if (text.length > MAX_URI_LENGTH) return null;
  const telephone = TEL_URI.exec(text);
  if (telephone) {
    const params = parseParams(telephone[2].split(';').slice(1));
    return { scheme: 'tel', user: telephone[1].replace(/[().-]/g, ''), host: '', port: null, params };
  }
  const match = SIP_URI.exec(text);
  if (!match) return null;
  const [, scheme, user = '', host, port, params] = match;
  const number = port === undefined ? null : Number(port);
  if (number !== null && (number < 1 || number > 65_535)) return null;
  return {
    scheme: scheme.toLowerCase() as SipUri['scheme'],
    user: unescaped(user.split(':')[0]),
    host: host.replace(/^\[|\]$/g, '').toLowerCase(),
    port: number,
    params: parseParams(params.split(';').slice(1)),
  };
}

/** A host as it stands in a URI: IPv6 in brackets. */
export function uriHost(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host;
}

/** Writes the URI of somebody at a host. */
export function sipUri(user: string, host: string, port?: number | null): string {
  return `sip:${user === '' ? '' : `${encodeUser(user)}@`}${uriHost(host)}${port ? `:${port}` : ''}`;
}

function encodeUser(user: string): string {
  return encodeURIComponent(user).replaceAll('%2B', '+');
}

/** Reads `"Name" <uri>;params` or `uri;params`, where parameters are the field's; null for anything else. */
export function parseNameAddress(text: string): NameAddress | null {
  const parts = splitOutsideQuotes(text, ';');
  const open = /^(?:"(?:[^"\\]|\\.)*"|[^"<>]*)\s*<([^<>]*)>$/.exec(parts[0]);
  const uri = (open ? open[1] : parts[0]).trim();
  if (uri === '' || /[\s<>"]/.test(uri)) return null;
  return { uri, params: parseParams(parts.slice(1)) };
}
