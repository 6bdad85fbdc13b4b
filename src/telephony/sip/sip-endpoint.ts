import { randomBytes } from 'node:crypto';
import type { Timers } from '../../common/timers.js';
import { SipHeaders } from './sip-headers.js';
import {
  parseCSeq,
  parseVia,
  responseTo,
  type SipMessage,
  type SipRequest,
  type SipResponse,
  writeMessage,
  writeVia,
} from './sip-message.js';
import { parseMessage, SipParseError } from './sip-parser.js';
import { parseNameAddress } from './sip-uri.js';
import { Rate } from '../rate.js';
import { type ClientListener, ClientTransaction } from './transaction/client-transaction.js';
import { ServerTransaction } from './transaction/server-transaction.js';
import type { Hop } from './transport/hop.js';
import { type TransportOptions, Transports } from './transport/transports.js';

/** Begins every branch of RFC 3261 (section 8.1.1.7). */
const BRANCH_COOKIE = 'z9hG4bK';
const DEFAULT_PORT = 5060;
/** More than any load of ours; requests beyond get 503 and cost no memory. */
const MAX_TRANSACTIONS = 20_000;
/** Answers to addresses that are none of ours: enough for somebody who looks for a mistake, too few to flood anybody with. */
const REFUSALS_PER_SECOND = 20;

export interface EndpointOptions extends TransportOptions {
  timers: Timers;
  /** A request from an address that is allowed. An ACK comes without a transaction. */
  request(request: SipRequest, transaction: ServerTransaction | null): void;
  /** Sees each message as it goes over the wire. */
  trace?(direction: 'in' | 'out', message: SipMessage, peer: Hop): void;
}

export function randomToken(): string {
  return randomBytes(12).toString('hex');
}

/** Sends and takes SIP messages, and matches them with their transactions (RFC 3261 sections 17 and 18). */
export class SipEndpoint {
  private readonly clients = new Map<string, ClientTransaction>();
  private readonly servers = new Map<string, ServerTransaction>();
  private readonly strangers = new Rate(REFUSALS_PER_SECOND, REFUSALS_PER_SECOND);
  private transports!: Transports;

  private constructor(private readonly options: EndpointOptions) {}

  /** Rejects when the address to listen on cannot be had. */
  static async open(options: EndpointOptions): Promise<SipEndpoint> {
    const endpoint = new SipEndpoint(options);
    endpoint.transports = await Transports.open(options, (bytes, from) => endpoint.receive(bytes, from));
    return endpoint;
  }

  /** The host by which others reach us. */
  get host(): string {
    return this.transports.publicAddress;
  }

  get port(): number {
    return this.transports.port;
  }

  get transactionCount(): number {
    return this.clients.size + this.servers.size;
  }

  /** Sends a request and returns its transaction. The listener is called later, never before this returns. */
  request(request: SipRequest, hop: Hop, listener: ClientListener): ClientTransaction {
    return this.start(request, this.addVia(request, hop), hop, listener);
  }

  /** Cancels an INVITE whose transaction has had a provisional response (RFC 3261 section 9.1). */
  cancel({ request }: ClientTransaction, hop: Hop): void {
    const { headers } = request;
    const fields = new SipHeaders({
      via: headers.get('via'),
      route: headers.all('route'),
      'max-forwards': 70,
      from: headers.get('from'),
      to: headers.get('to'),
      'call-id': headers.get('call-id'),
      cseq: `${Number.parseInt(headers.get('cseq') ?? '1', 10)} CANCEL`,
    });
    const message: SipRequest = {
      kind: 'request',
      method: 'CANCEL',
      uri: request.uri,
      headers: fields,
      body: Buffer.alloc(0),
    };
    this.start(message, topBranch(request), hop, { response: () => undefined, failed: () => undefined });
  }

  /** Sends an ACK of a 2xx, which has no transaction of its own. Sent again, it keeps its branch. */
  acknowledge(ack: SipRequest, hop: Hop): void {
    if (ack.headers.get('via') === undefined) this.addVia(ack, hop);
    this.send(ack, hop).catch(() => undefined);
  }

  async close(): Promise<void> {
    for (const transaction of [...this.clients.values(), ...this.servers.values()]) transaction.abandon();
    await this.transports.close();
  }

  private start(request: SipRequest, branch: string, hop: Hop, listener: ClientListener): ClientTransaction {
    const key = `${branch} ${request.method}`;
    const path = {
      send: (message: SipRequest) => this.send(message, hop),
      isReliable: hop.protocol !== 'udp',
      timers: this.options.timers,
      over: () => void this.clients.delete(key),
    };
    const transaction = new ClientTransaction(request, path, listener);
    this.clients.set(key, transaction);
    transaction.start();
    return transaction;
  }

  private addVia(request: SipRequest, hop: Hop): string {
    const branch = BRANCH_COOKIE + randomToken();
    const params = new Map<string, string | null>([['branch', branch]]);
    if (hop.protocol === 'udp') params.set('rport', null);
    request.headers.prepend('via', writeVia({ protocol: hop.protocol, host: this.host, port: this.port, params }));
    return branch;
  }

  private async send(message: SipMessage, hop: Hop): Promise<void> {
    this.options.trace?.('out', message, hop);
    await this.transports.send(writeMessage(message), hop);
  }

  private receive(bytes: Buffer, from: Hop): void {
    // Keep-alives of NATs: blank lines, or four bytes of zero.
    if (bytes.length <= 4) return;
    let message: SipMessage;
    try {
      message = parseMessage(bytes);
    } catch (error) {
      if (!(error instanceof SipParseError)) throw error;
      if (error.request && this.options.isAllowed(from.address))
        this.respond(responseTo(error.request, error.status, randomToken()), from);
      return;
    }
    this.options.trace?.('in', message, from);
    if (message.kind === 'response') this.receiveResponse(message);
    else this.receiveRequest(message, from);
  }

  private receiveResponse(response: SipResponse): void {
    const vias = response.headers.list('via');
    const cseq = parseCSeq(response.headers.get('cseq') ?? '');
    // One with more than our own Via was not meant for us (RFC 3261 section 8.1.3.3).
    if (vias.length !== 1 || !cseq) return;
    const branch = parseVia(vias[0])?.params.get('branch') ?? '';
    this.clients.get(`${branch} ${cseq.method}`)?.receive(response);
  }

  private receiveRequest(request: SipRequest, from: Hop): void {
    if (!this.options.isAllowed(from.address)) {
      if (request.method !== 'ACK' && this.strangers.take())
        this.respond(responseTo(request, 403, randomToken()), from);
      return;
    }
    const key = serverKey(request);
    const known = this.servers.get(key);
    if (request.method === 'ACK') {
      known?.acknowledge();
      return this.options.request(request, null);
    }
    if (known) return known.receiveAgain();
    if (this.servers.size >= MAX_TRANSACTIONS) return this.respond(responseTo(request, 503, randomToken()), from);
    const transaction = new ServerTransaction(request, from, {
      send: (response) => this.respond(response, from),
      isReliable: from.protocol !== 'udp',
      timers: this.options.timers,
      over: () => void this.servers.delete(key),
    });
    this.servers.set(key, transaction);
    if (request.method === 'CANCEL') this.receiveCancel(request, transaction);
    else this.options.request(request, transaction);
  }

  /** Ends the INVITE that a CANCEL names by its branch (RFC 3261 section 9.2). */
  private receiveCancel(request: SipRequest, transaction: ServerTransaction): void {
    const invite = this.servers.get(serverKey(request, 'INVITE'));
    transaction.reply(invite ? 200 : 481, randomToken());
    if (invite?.isPending) invite.onCancel?.();
  }

  /** Sends a response to where its request came from (RFC 3261 section 18.2.2, RFC 3581). */
  private respond(response: SipResponse, from: Hop): void {
    this.send(response, replyHop(response, from)).catch(() => undefined);
  }
}

function topBranch(request: SipRequest): string {
  return parseVia(request.headers.list('via')[0] ?? '')?.params.get('branch') ?? '';
}

/** Requests of one transaction have the same key; an ACK has that of its INVITE (RFC 3261 section 17.2.3). */
function serverKey(request: SipRequest, method = request.method): string {
  const via = parseVia(request.headers.list('via')[0] ?? '');
  const name = method === 'ACK' ? 'INVITE' : method;
  const branch = via?.params.get('branch') ?? '';
  if (branch.startsWith(BRANCH_COOKIE)) return `${branch} ${via?.host}:${via?.port} ${name}`;
  // Software older than RFC 3261 has no branch to go by.
  const { headers } = request;
  const tag = parseNameAddress(headers.get('from') ?? '')?.params.get('tag') ?? '';
  return `${headers.get('call-id')} ${tag} ${Number.parseInt(headers.get('cseq') ?? '', 10)} ${headers.list('via')[0]} ${name}`;
}

function replyHop(response: SipResponse, from: Hop): Hop {
  const [first, ...rest] = response.headers.list('via');
  const via = parseVia(first);
  if (!via) return from;
  const isAsked = via.params.has('rport');
  if (isAsked) via.params.set('rport', String(from.port));
  if (isAsked || via.host !== from.address) via.params.set('received', from.address);
  response.headers.delete('via');
  for (const value of [writeVia(via), ...rest].reverse()) response.headers.prepend('via', value);
  if (from.protocol !== 'udp' || isAsked) return from;
  return { ...from, port: via.port ?? DEFAULT_PORT };
}
