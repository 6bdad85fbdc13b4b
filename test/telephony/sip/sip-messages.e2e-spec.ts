import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { DigestClient } from '../../../src/telephony/sip/digest.js';
import { SipHeaders, splitOutsideQuotes } from '../../../src/telephony/sip/sip-headers.js';
import { responseTo, type SipRequest, writeMessage } from '../../../src/telephony/sip/sip-message.js';
import { parseMessage, SipParseError } from '../../../src/telephony/sip/sip-parser.js';
import { parseNameAddress, parseSipUri } from '../../../src/telephony/sip/sip-uri.js';
import { readTrunks } from '../../../src/telephony/sip/trunk-account.js';
import { MessageFramer } from '../../../src/telephony/sip/transport/message-framer.js';

const FIELDS = [
  'Via: SIP/2.0/UDP 192.0.2.1:5070;branch=z9hG4bKx',
  'From: <sip:a@example.com>;tag=1',
  'To: <sip:b@example.com>',
  'Call-ID: 1@example.com',
  'CSeq: 1 OPTIONS',
];

function message(start: string, fields: string[] = FIELDS, body = ''): Buffer {
  return Buffer.from(`${start}\r\n${fields.join('\r\n')}\r\n\r\n${body}`);
}

/** `dropped` where nobody can be told, else the status. */
function verdict(bytes: Buffer): number | 'dropped' | 'taken' {
  try {
    parseMessage(bytes);
    return 'taken';
  } catch (error) {
    if (!(error instanceof SipParseError)) throw error;
    return error.request ? error.status : 'dropped';
  }
}

const START = 'OPTIONS sip:b@example.com SIP/2.0';
const without = (name: string) => FIELDS.filter((field) => !field.startsWith(name));
const changed = (name: string, field: string) => [...without(name), field];

describe("A SIP message of the kinds in RFC 4475's torture tests", () => {
  it.each([
    ['with compact names, odd blanks and folded lines', changed('To', 't  :\t <sip:b@example.com>\r\n  ;x=y')],
    ['with a name in quotes that has a semicolon in it', changed('To', 'To: "x;y <\\" z" <sip:b@example.com>;q=1')],
    ['with fields that nobody knows', [...FIELDS, 'X-Thing: \u00fc,;"', 'NewFangled: yes;\t\u{1f600}']],
    ['with escaped letters in its URI', changed('To', 'To: <sip:%61%00@example.com>')],
    [
      'with two Via in one field',
      changed('Via', 'Via: SIP/2.0/UDP a.example;branch=z9hG4bKa, SIP / 2.0 / TCP b.example:7;branch=1'),
    ],
    ['with bytes after its body', [...FIELDS, 'Content-Length: 2']],
  ])('%s is accepted', (_, fields) => expect(verdict(message(START, fields, 'xx and more'))).toBe('taken'));

  it.each<[string, Buffer, number | 'dropped']>([
    ['of version 7.0', message('OPTIONS sip:b@example.com SIP/7.0'), 505],
    ['with its URI in angle brackets', message('OPTIONS <sip:b@example.com> SIP/2.0'), 400],
    ['with blanks in its URI', message('OPTIONS sip:b@example.com; lr SIP/2.0'), 400],
    ['with two blanks in the first line', message('OPTIONS  sip:b@example.com SIP/2.0'), 400],
    ['with a method that is not that of CSeq', message('INVITE sip:b@example.com SIP/2.0'), 400],
    ['with a sequence number of 2^32', message(START, changed('CSeq', 'CSeq: 4294967296 OPTIONS')), 400],
    ['with a body that is shorter than it says', message(START, [...FIELDS, 'Content-Length: 10'], 'short'), 400],
    ['with a body of negative length', message(START, [...FIELDS, 'Content-Length: -1']), 400],
    ['with two lengths', message(START, [...FIELDS, 'Content-Length: 0', 'l: 0']), 400],
    ['with a quote that is not closed', message(START, changed('To', 'To: "b <sip:b@example.com>')), 400],
    ['with From twice', message(START, [...FIELDS, 'From: <sip:c@example.com>']), 400],
    ['without To', message(START, without('To')), 'dropped'],
    ['without Via', message(START, without('Via')), 'dropped'],
    ['that is a response of status 4294967301', message('SIP/2.0 4294967301 better not'), 'dropped'],
    [
      'that is an ACK and malformed',
      message('ACK  sip:b@example.com SIP/2.0', changed('CSeq', 'CSeq: 1 ACK')),
      'dropped',
    ],
    ['without an end of its head', Buffer.from(`${START}\r\n${FIELDS.join('\r\n')}`), 'dropped'],
    ['with a thousand fields', message(START, [...FIELDS, ...Array.from({ length: 1000 }, () => 'a: b')]), 'dropped'],
    ['with a zero byte', message(START, [...FIELDS, 'X: a\0b']), 'dropped'],
  ])('%s is refused', (_, bytes, expected) => expect(verdict(bytes)).toBe(expected));

  it('is parsed back as it was written', () => {
    const request = parseMessage(message(START, [...FIELDS, 'Content-Length: 3'], 'abc'));
    const again = parseMessage(writeMessage(request));
    expect(again).toEqual(request);
  });

  it('never gets an extra line from a value with a line break', () => {
    const request = parseMessage(message(START)) as SipRequest;
    const response = responseTo(request, 200, 'x\r\nEvil: yes');
    expect(() => writeMessage(response)).toThrow('line break');
  });

  it('of random bytes is accepted or refused, with the same result when it arrives in pieces', () => {
    const words = fc.constantFrom(
      START,
      ...FIELDS,
      '\r\n',
      ' ',
      ';',
      '"',
      '<',
      '>',
      ',',
      ':',
      'SIP/2.0 200 OK',
      '\0',
      '\u{1f600}',
    );
    const text = fc
      .array(fc.oneof(words, fc.string()), { maxLength: 30 })
      .map((parts) => Buffer.from(`${parts.join('')}\r\n\r\n`));
    fc.assert(
      fc.property(
        fc.oneof(
          text,
          fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
        ),
        (bytes) => {
          verdict(bytes);
          parseSipUri(bytes.toString('latin1'));
          parseNameAddress(bytes.toString('latin1'));
          splitOutsideQuotes(bytes.toString('latin1'), ',');
        },
      ),
      { numRuns: Number(process.env.FUZZ_RUNS ?? 10_000) },
    );
  });

  it('of 64 kB is parsed in linear time', () => {
    for (const filling of ['"', '<', '\\', ';', ',', '%', ' ', '@', ':', 'a=']) {
      const long = filling.repeat(60_000 / filling.length);
      const started = performance.now();
      verdict(message(START, changed('To', `To: ${long}`)));
      parseSipUri(`sip:${long}`);
      parseNameAddress(long);
      expect(performance.now() - started).toBeLessThan(2000);
    }
  });
});

describe('A stream of SIP messages', () => {
  it('is split by Content-Length, whatever pieces it arrives in, and keep-alives are answered', () => {
    const one = message(START, [...FIELDS, 'Content-Length: 3'], 'abc');
    const stream = Buffer.concat([one, Buffer.from('\r\n\r\n'), one]);
    for (const size of [1, 7, stream.length]) {
      const messages: string[] = [];
      let pings = 0;
      const framer = new MessageFramer(
        (bytes) => messages.push(bytes.toString()),
        () => (pings += 1),
      );
      for (let at = 0; at < stream.length; at += size) framer.add(stream.subarray(at, at + size));
      expect(messages).toEqual([one.toString(), one.toString()]);
      expect(pings).toBeLessThanOrEqual(1);
      expect(framer.isInMessage).toBe(false);
    }
  });

  it.each([
    ['does not tell its length', message(START)],
    ['tells a length of a gigabyte', message(START, [...FIELDS, 'Content-Length: 999999'])],
    ['never ends its head', Buffer.alloc(70_000, 'a')],
  ])('ends at a message that %s', (_, bytes) => {
    expect(() =>
      new MessageFramer(
        () => undefined,
        () => undefined,
      ).add(bytes),
    ).toThrow();
  });
});

const BARE = {
  kind: 'request' as const,
  method: 'INVITE',
  uri: 'sip:x',
  headers: new SipHeaders(),
  body: Buffer.alloc(0),
};
const challenge = (fields: string[]) => ({
  kind: 'response' as const,
  status: 401,
  reason: '',
  headers: new SipHeaders({ 'www-authenticate': fields }),
  body: Buffer.alloc(0),
});

describe('SIP digest authentication', () => {
  it.each([
    ['MD5', 'md5'],
    ['SHA-256', 'sha256'],
  ])('by %s gives the hash that RFC 7616 describes, with a nonce of ours', (algorithm, hash) => {
    const request: SipRequest = { ...BARE, method: 'INVITE', uri: 'sip:b@example.com' };
    const field = `Digest realm="a \\"realm\\"", qop="auth-int, auth", algorithm=${algorithm}, nonce="7ypf/xlj9XX", opaque="o"`;
    request.headers = new SipHeaders();
    new DigestClient({ user: 'Mufasa', password: 'Circle of Life' }).answer(request, challenge([field]));
    const answer = request.headers.get('authorization') ?? '';
    const part = (name: string) => new RegExp(`[ ,]${name}="?((?:[^",\\\\]|\\\\.)*)`).exec(answer)?.[1];
    const digest = (text: string) => createHash(hash).update(text).digest('hex');
    const secret = digest('Mufasa:a "realm":Circle of Life');
    const proof = digest(`${secret}:7ypf/xlj9XX:00000001:${part('cnonce')}:auth:${digest('INVITE:sip:b@example.com')}`);
    expect(part('response')).toBe(proof);
    expect(part('opaque')).toBe('o');
  });

  it('never uses Basic, and chooses the stronger of two algorithms', () => {
    const request: SipRequest = { ...BARE, headers: new SipHeaders() };
    const client = new DigestClient({ user: 'a', password: 'b' });
    expect(client.answer(request, challenge(['Basic realm="x"']))).toBe(false);
    const both = ['MD5', 'SHA-256'].map((algorithm) => `Digest realm="x", nonce="n", algorithm=${algorithm}`);
    expect(client.answer(request, challenge(both))).toBe(true);
    expect(request.headers.get('authorization')).toContain('SHA-256');
  });
});

describe('SIP_TRUNKS', () => {
  it('accepts trunks with and without user, port and transport', () => {
    expect(readTrunks('sip:u%40x:p%3Aw@sip.example.com:5080;transport=tls, sip:[2001:db8::1]')).toEqual([
      {
        name: 'sip.example.com:5080',
        host: 'sip.example.com',
        port: 5080,
        protocol: 'tls',
        credentials: { user: 'u@x', password: 'p:w' },
      },
      { name: '2001:db8::1', host: '2001:db8::1', port: null, protocol: 'udp', credentials: null },
    ]);
  });

  it.each(['sip.example.com', 'sip:u:p@', 'sip:x:70000', 'sip:x;transport=sctp', 'sip:a b', 'sip:u:%zz@x', ','])(
    'refuses the malformed value %s',
    (text) => {
      expect(readTrunks(text)).toBeNull();
    },
  );
});
