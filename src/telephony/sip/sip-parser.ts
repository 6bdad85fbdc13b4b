import { SipHeaders } from './sip-headers.js';
import { parseCSeq, parseVia, SIP_VERSION, type SipMessage, type SipRequest } from './sip-message.js';
import { parseNameAddress } from './sip-uri.js';

/** The most that a UDP datagram can carry. Streams are held to the same. */
export const MAX_MESSAGE_BYTES = 65_535;
const MAX_HEAD_BYTES = 16_384;
const MAX_FIELDS = 200;
const TOKEN = /^[A-Za-z0-9.!%*_+`'~-]{1,64}$/;
const REQUEST_LINE = /^([^ ]+) ([^ ]+) (SIP\/\d{1,3}\.\d{1,3})$/i;
const STATUS_LINE = /^SIP\/2\.0 ([1-6]\d\d)(?: (.*))?$/i;
const FIELD = /^([A-Za-z0-9.!%*_+`'~-]{1,64})[ \t]*:[ \t]*(.*)$/s;
/** Fields that stand in a message once (RFC 3261 section 7.3.1, table 2). */
const SINGLE = ['from', 'to', 'call-id', 'cseq', 'max-forwards', 'content-length', 'content-type'];

/** Bytes that are no SIP message. `request` is there when the sender can be told so. */
export class SipParseError extends Error {
  constructor(
    message: string,
    readonly request?: SipRequest,
    readonly status: 400 | 505 | 513 = 400,
  ) {
    super(message);
  }
}

/** Position after the head, and the length of what ends it; null where the head has no end. */
export function endOfHead(bytes: Buffer): { head: number; body: number } | null {
  const head = bytes.indexOf('\r\n\r\n');
  return head === -1 ? null : { head, body: head + 4 };
}

/** Joins lines that were folded (RFC 3261 section 7.3.1). */
function unfold(head: string): string[] {
  return head.replace(/\r\n[ \t]+/g, ' ').split('\r\n');
}

function readFields(lines: string[]): SipHeaders {
  if (lines.length > MAX_FIELDS) throw new SipParseError('Too many header fields');
  const headers = new SipHeaders();
  for (const line of lines) {
    const match = FIELD.exec(line);

    if (!match || /[\0\r\n]/.test(match[2]))
      throw new SipParseError('A header field has no name or a forbidden character');
    headers.add(match[1], match[2].trimEnd());
  }
  return headers;
}

function readStart(line: string, headers: SipHeaders, body: Buffer): SipMessage {
  const status = STATUS_LINE.exec(line);
  if (status) return { kind: 'response', status: Number(status[1]), reason: status[2] ?? '', headers, body };
  const match = REQUEST_LINE.exec(line);
  if (!match || !TOKEN.test(match[1])) {
    // Answerable where it looks like a request: everything that an answer copies is in the fields.
    if (/^SIP\//i.test(line)) throw new SipParseError('Malformed status line');
    const method = parseCSeq(headers.get('cseq') ?? '')?.method ?? 'UNKNOWN';
    const uri = 'sip:invalid';
    throw new SipParseError('Malformed request line', answerable({ kind: 'request', method, uri, headers, body }));
  }
  const request: SipRequest = { kind: 'request', method: match[1], uri: match[2], headers, body };
  if (match[3].toUpperCase() !== SIP_VERSION) throw new SipParseError('Unknown version', answerable(request), 505);
  if (/[<>"]/.test(request.uri)) throw new SipParseError('Malformed request URI', answerable(request));
  return request;
}

/** The request itself when it has what an answer copies; nothing answers an ACK. */
function answerable(request: SipRequest): SipRequest | undefined {
  const isComplete = ['from', 'to', 'call-id', 'cseq'].every((name) => request.headers.get(name) !== undefined);
  const via = parseVia(request.headers.list('via')[0] ?? '');
  return isComplete && via !== null && request.method !== 'ACK' ? request : undefined;
}

function findFault({ headers, ...message }: SipMessage): string | null {
  const repeated = SINGLE.find((name) => headers.all(name).length > 1);
  if (repeated) return `${repeated} stands in it more than once`;
  if (parseVia(headers.list('via')[0] ?? '') === null) return 'Via is missing or malformed';
  if (!/^[^\s,<>]{1,255}$/.test(headers.get('call-id') ?? '')) return 'Call-ID is missing or malformed';
  for (const name of ['from', 'to'])
    if (!parseNameAddress(headers.get(name) ?? '')) return `${name} is missing or malformed`;
  const cseq = parseCSeq(headers.get('cseq') ?? '');
  if (!cseq) return 'CSeq is missing or malformed';
  if (message.kind === 'request' && cseq.method !== message.method) return 'CSeq names another method';
  const forwards = headers.get('max-forwards');
  return forwards === undefined || /^\d{1,3}$/.test(forwards) ? null : 'Max-Forwards is malformed';
}

/** Takes the body out of the bytes after the head; those beyond Content-Length are no part of it (RFC 3261 section 18.3). */
function readBody(rest: Buffer, headers: SipHeaders): Buffer | null {
  const told = headers.get('content-length');
  if (told === undefined) return rest;
  if (!/^\d{1,9}$/.test(told) || Number(told) > rest.length) return null;
  return rest.subarray(0, Number(told));
}

/** Reads one message; throws SipParseError. */
export function parseMessage(bytes: Buffer): SipMessage {
  if (bytes.length > MAX_MESSAGE_BYTES) throw new SipParseError('Too long');
  const end = endOfHead(bytes);
  if (!end || end.head > MAX_HEAD_BYTES) throw new SipParseError('The head has no end');
  const [start, ...lines] = unfold(bytes.toString('utf8', 0, end.head));
  const headers = readFields(lines);
  const rest = bytes.subarray(end.body);
  const message = readStart(start, headers, rest);
  const body = readBody(rest, headers);
  const fault = body === null ? 'Content-Length is malformed or longer than the message' : findFault(message);
  if (fault) throw new SipParseError(fault, message.kind === 'request' ? answerable(message) : undefined);
  message.body = body ?? rest;
  return message;
}
