import { oneLine, SipHeaders } from './sip-headers.js';
import { parseParams, type SipParams, uriHost } from './sip-uri.js';

export const SIP_VERSION = 'SIP/2.0';

interface SipMessageBase {
  headers: SipHeaders;
  body: Buffer;
}

export interface SipRequest extends SipMessageBase {
  kind: 'request';
  method: string;
  uri: string;
}

export interface SipResponse extends SipMessageBase {
  kind: 'response';
  status: number;
  reason: string;
}

export type SipMessage = SipRequest | SipResponse;

/** Where a response goes, and which transaction it belongs to (RFC 3261 section 20.42). */
export interface Via {
  protocol: string;
  host: string;
  port: number | null;
  params: SipParams;
}

export interface CSeq {
  number: number;
  method: string;
}

const VIA =
  /^SIP\s*\/\s*2\.0\s*\/\s*([a-z-]{1,16})\s+(\[[0-9a-f:.]+\]|[a-z0-9_.-]+)\s*(?::\s*(\d{1,5}))?\s*((?:;.*)?)$/is;

export function parseVia(text: string): Via | null {
  const match = VIA.exec(text);
  if (!match) return null;
  const [, protocol, host, port, params] = match;
  return {
    protocol: protocol.toLowerCase(),
    host: host.replace(/^\[|\]$/g, '').toLowerCase(),
    port: port === undefined ? null : Number(port),
    params: parseParams(params.split(';').slice(1)),
  };
}

export function writeVia(via: Via): string {
  const params = [...via.params].map(([name, value]) => (value === null ? `;${name}` : `;${name}=${value}`)).join('');
  const port = via.port === null ? '' : `:${via.port}`;
  return `${SIP_VERSION}/${via.protocol.toUpperCase()} ${uriHost(via.host)}${port}${params}`;
}

/** Reads a sequence number, which is below 2^31 (RFC 3261 section 8.1.1.5). */
export function parseCSeq(text: string): CSeq | null {
  const match = /^(\d{1,10})\s+([^\s]{1,32})$/.exec(text);
  if (!match || Number(match[1]) >= 2 ** 31) return null;
  return { number: Number(match[1]), method: match[2] };
}

export function writeMessage(message: SipMessage): Buffer {
  const start =
    message.kind === 'request'
      ? `${message.method} ${message.uri} ${SIP_VERSION}`
      : `${SIP_VERSION} ${message.status} ${message.reason}`;
  message.headers.set('content-length', message.body.length);
  return Buffer.concat([Buffer.from(`${oneLine(start)}\r\n${message.headers.toString()}\r\n`, 'utf8'), message.body]);
}

/** Names of the responses that we send (RFC 3261 section 21). */
const REASONS: Record<number, string> = {
  100: 'Trying',
  180: 'Ringing',
  183: 'Session Progress',
  200: 'OK',
  202: 'Accepted',
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  415: 'Unsupported Media Type',
  416: 'Unsupported URI Scheme',
  420: 'Bad Extension',
  422: 'Session Interval Too Small',
  481: 'Call/Transaction Does Not Exist',
  482: 'Loop Detected',
  486: 'Busy Here',
  487: 'Request Terminated',
  488: 'Not Acceptable Here',
  491: 'Request Pending',
  500: 'Server Internal Error',
  503: 'Service Unavailable',
  505: 'Version Not Supported',
  513: 'Message Too Large',
};

/** A response to a request (RFC 3261 section 8.2.6). `toTag` is added where the request has none, save in a 100. */
export function responseTo(request: SipRequest, status: number, toTag?: string): SipResponse {
  const headers = new SipHeaders();
  for (const name of ['via', 'from', 'to', 'call-id', 'cseq']) {
    for (const value of request.headers.all(name)) headers.add(name, value);
  }
  const to = headers.get('to') ?? '';
  if (status > 100 && toTag && !/;\s*tag\s*=/i.test(to)) headers.set('to', `${to};tag=${toTag}`);
  if (status === 100 || status < 300)
    for (const value of request.headers.all('record-route')) headers.add('record-route', value);
  return { kind: 'response', status, reason: REASONS[status] ?? 'Response', headers, body: Buffer.alloc(0) };
}
