import type { Timers } from '../../common/timers.js';
import { dialogKeyOf } from './dialog.js';
import { IncomingInvite } from './incoming-invite.js';
import { type InviteRequest, OutgoingInvite } from './outgoing-invite.js';
import type { SessionListener } from './session-listener.js';
import { MIN_SESSION_SECONDS, readSessionInterval } from './session-timer.js';
import { type EndpointOptions, randomToken, SipEndpoint } from './sip-endpoint.js';
import { responseTo, type SipRequest } from './sip-message.js';
import { ALLOW, SDP, type SipSession } from './sip-session.js';
import { sipUri } from './sip-uri.js';
import type { ServerTransaction } from './transaction/server-transaction.js';

/** Extensions that we have (RFC 3261 section 19.2). */
const SUPPORTED = 'timer';

export interface UserAgentOptions extends Omit<EndpointOptions, 'request'> {
  /** A call comes in; it must be rung, answered or rejected. */
  incoming(invite: IncomingInvite): void;
}

/** A SIP user agent: it makes calls and takes them, and knows nothing of agents, rows or sound (RFC 3261 section 8). */
export class UserAgent {
  private readonly sessions = new Map<string, SipSession>();
  private readonly timers: Timers;
  endpoint!: SipEndpoint;

  private constructor(private readonly options: UserAgentOptions) {
    this.timers = options.timers;
  }

  /** Listens; rejects when the address cannot be had. */
  static async open(options: UserAgentOptions): Promise<UserAgent> {
    const agent = new UserAgent(options);
    const request: EndpointOptions['request'] = (message, transaction) => agent.receive(message, transaction);
    agent.endpoint = await SipEndpoint.open({ ...options, request });
    return agent;
  }

  /** The port that we listen on. */
  get port(): number {
    return this.endpoint.port;
  }

  get transactionCount(): number {
    return this.endpoint.transactionCount;
  }

  get sessionCount(): number {
    return this.sessions.size;
  }

  /** Calls somebody and returns at once; the listener hears nothing before that. */
  invite(wanted: InviteRequest, listener: SessionListener): OutgoingInvite {
    const invite = new OutgoingInvite(
      { ...this.context(wanted.hop.protocol), answered: (session) => this.keep(session) },
      wanted,
      listener,
    );
    invite.start();
    return invite;
  }

  /** The host by which others reach us. */
  get host(): string {
    return this.endpoint.host;
  }

  /** Our own URI. */
  get address(): string {
    return sipUri('talkstack', this.endpoint.host, this.endpoint.port);
  }

  /** Our Contact, as peers on this transport reach us. */
  contact(protocol: string): string {
    const transport = protocol === 'udp' ? '' : `;transport=${protocol}`;
    return `<${this.address}${transport}>`;
  }

  close(): Promise<void> {
    return this.endpoint.close();
  }

  private context(protocol: string) {
    return {
      endpoint: this.endpoint,
      timers: this.timers,
      contact: this.contact(protocol),
      over: (key: string) => void this.sessions.delete(key),
    };
  }

  private keep(session: SipSession): void {
    this.sessions.set(session.key, session);
  }

  private receive(request: SipRequest, transaction: ServerTransaction | null): void {
    const key = dialogKeyOf(request);
    const session = key === null ? undefined : this.sessions.get(key);
    if (session) return session.receive(request, transaction);
    // An ACK of nothing that we know is never answered.
    if (!transaction) return;
    const fault = this.faultOf(request, key !== null);
    if (fault) return transaction.respond(fault);
    if (request.method === 'INVITE') return this.receiveInvite(request, transaction);
    const response = responseTo(request, 200, randomToken());
    response.headers.set('allow', ALLOW);
    response.headers.set('accept', SDP);
    response.headers.set('supported', SUPPORTED);
    transaction.respond(response);
  }

  /** What is wrong with a request outside of our dialogs, in the order of RFC 3261 section 8.2. */
  private faultOf(request: SipRequest, isInDialog: boolean) {
    const { headers } = request;
    const fault = (status: number, field?: string, value?: string | number) => {
      const response = responseTo(request, status, randomToken());
      if (field) response.headers.set(field, value ?? '');
      return response;
    };
    if (isInDialog) return fault(481);
    if (!['INVITE', 'OPTIONS'].includes(request.method)) return fault(405, 'allow', ALLOW);
    if (!/^(sips?|tel):/i.test(request.uri)) return fault(416);
    const unknown = headers.list('require').filter((option) => option.toLowerCase() !== SUPPORTED);
    if (unknown.length > 0) return fault(420, 'unsupported', unknown.join(', '));
    if (request.method === 'OPTIONS') return null;
    const isSdp = headers.get('content-type')?.split(';')[0].trim().toLowerCase() === SDP;
    if (request.body.length > 0 && (!isSdp || headers.get('content-encoding'))) return fault(415, 'accept', SDP);
    const interval = readSessionInterval(headers);
    return interval && interval.seconds < MIN_SESSION_SECONDS ? fault(422, 'min-se', MIN_SESSION_SECONDS) : null;
  }

  private receiveInvite(request: SipRequest, transaction: ServerTransaction): void {
    transaction.reply(100, '');
    const context = {
      ...this.context(transaction.from.protocol),
      answered: (session: SipSession) => this.keep(session),
    };
    this.options.incoming(new IncomingInvite(context, request, transaction));
  }
}
