import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import {
  type SipMessage,
  type SipRequest,
  type SipResponse,
  responseTo,
  writeMessage,
} from '../../../src/telephony/sip/sip-message.js';
import { parseMessage } from '../../../src/telephony/sip/sip-parser.js';

const SDP = [
  'v=0',
  'o=- 1 1 IN IP4 127.0.0.1',
  's=-',
  'c=IN IP4 127.0.0.1',
  't=0 0',
  'm=audio 40002 RTP/AVP 0',
  '',
].join('\r\n');

/** A UDP socket that says what the test tells it to, and keeps what comes. */
export class RawPeer {
  readonly received: SipMessage[] = [];
  private readonly waiting = new Set<() => void>();
  private to = 0;
  /** Answers each request as it comes. */
  onRequest?: (request: SipRequest) => void;

  private constructor(private readonly socket: Socket) {
    socket.on('message', (bytes, from) => {
      this.to = from.port;
      const message = parseMessage(bytes);
      this.received.push(message);
      if (message.kind === 'request') this.onRequest?.(message);
      for (const check of this.waiting) check();
    });
  }

  static async open(): Promise<RawPeer> {
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new RawPeer(socket);
  }

  get port(): number {
    return this.socket.address().port;
  }

  /** What came that way, in order: methods and statuses. */
  get names(): string[] {
    return this.received.map((message) => (message.kind === 'request' ? message.method : String(message.status)));
  }

  /** Resolves when so many messages of a method or status have come, with the last. */
  async has(name: string, count = 1): Promise<SipMessage> {
    const found = () => this.received.filter((_, at) => this.names[at] === name);
    while (found().length < count) {
      await new Promise<void>((resolve) => {
        const check = () => {
          this.waiting.delete(check);
          resolve();
        };
        this.waiting.add(check);
      });
    }
    return found()[count - 1];
  }

  async hasRequest(method: string, count = 1): Promise<SipRequest> {
    return (await this.has(method, count)) as SipRequest;
  }

  /** Sends bytes as they are. */
  send(bytes: Buffer | string, port = this.to): void {
    this.socket.send(bytes, port, '127.0.0.1');
  }

  respond(request: SipRequest, status: number, change?: (response: SipResponse) => void): void {
    const response = responseTo(request, status, 'peer');
    response.headers.set('contact', `<sip:127.0.0.1:${this.port}>`);
    if (request.method === 'INVITE' && status === 200) {
      response.headers.set('content-type', 'application/sdp');
      response.body = Buffer.from(SDP);
    }
    change?.(response);
    this.send(writeMessage(response));
  }

  close(): void {
    this.socket.close();
  }
}

/** An INVITE as a trunk sends it, with more header lines if need be. */
export function invite(port: number, name: string, { more = '', body = SDP, from = 'trunk' } = {}): string {
  return [
    'INVITE sip:+12025550100@127.0.0.1 SIP/2.0',
    `Via: SIP/2.0/UDP 127.0.0.1:${port};branch=z9hG4bK${name};rport`,
    'Max-Forwards: 70',
    `From: <sip:+12025550123@127.0.0.1>;tag=${from}`,
    'To: <sip:+12025550100@127.0.0.1>',
    `Call-ID: ${name}`,
    'CSeq: 1 INVITE',
    `Contact: <sip:127.0.0.1:${port}>`,
    ...(more === '' ? [] : [more]),
    'Content-Type: application/sdp',
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n');
}

/** A request within the dialog that the 200 to an INVITE made. */
export function within(answer: SipResponse, method: string, sequence: number, branch = `${method}${sequence}`): string {
  const { headers } = answer;
  const target = /<([^>]*)>/.exec(headers.get('contact') ?? '')?.[1];
  const via = headers.get('via')?.replace(/branch=[^;]*/, `branch=z9hG4bK${branch}`);
  return [
    `${method} ${target} SIP/2.0`,
    `Via: ${via}`,
    `From: ${headers.get('from')}`,
    `To: ${headers.get('to')}`,
    `Call-ID: ${headers.get('call-id')}`,
    `CSeq: ${sequence} ${method}`,
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n');
}
