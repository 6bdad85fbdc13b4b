import type { Timers } from '../../../common/timers.js';
import { SipHeaders } from '../sip-headers.js';
import type { SipRequest, SipResponse } from '../sip-message.js';
import { ACK_AGAIN_MS, T1_MS, T2_MS, T4_MS, TRANSACTION_MS } from './transaction-timers.js';

export interface ClientListener {
  /** Every provisional response, and each final one; a 2xx to an INVITE once for each time that it comes. */
  response(response: SipResponse): void;
  /** No final response came: nobody answered in time, or there is no way to the peer. Nothing follows. */
  failed(reason: 'timeout' | 'unreachable'): void;
}

/** How a transaction reaches the network and its clock. */
export interface ClientPath {
  /** Rejects when there is no way to the peer. */
  send(message: SipRequest): Promise<void>;
  isReliable: boolean;
  timers: Timers;
  /** The transaction is over; responses to it are no longer its. */
  over(): void;
}

/** ACK of a final response that is no 2xx: it belongs to the transaction (RFC 3261 section 17.1.1.3). */
function acknowledgement(request: SipRequest, response: SipResponse): SipRequest {
  const { headers } = request;
  const fields = new SipHeaders({
    via: headers.get('via'),
    route: headers.all('route'),
    'max-forwards': 70,
    from: headers.get('from'),
    to: response.headers.get('to'),
    'call-id': headers.get('call-id'),
    cseq: `${Number.parseInt(headers.get('cseq') ?? '1', 10)} ACK`,
  });
  return { kind: 'request', method: 'ACK', uri: request.uri, headers: fields, body: Buffer.alloc(0) };
}

/** A request on its way and the responses to it (RFC 3261 section 17.1, RFC 6026). */
export class ClientTransaction {
  private state: 'trying' | 'proceeding' | 'accepted' | 'completed' | 'over' = 'trying';
  private readonly isInvite: boolean;
  private stopRetransmitting?: () => void;
  private stopWaiting?: () => void;

  constructor(
    readonly request: SipRequest,
    private readonly path: ClientPath,
    private readonly listener: ClientListener,
  ) {
    this.isInvite = request.method === 'INVITE';
  }

  get isPending(): boolean {
    return this.state === 'trying' || this.state === 'proceeding';
  }

  /** True once the peer has said anything: only then can an INVITE be cancelled (RFC 3261 section 9.1). */
  get hasProvisional(): boolean {
    return this.state === 'proceeding';
  }

  /** True before any response came. */
  get isUnanswered(): boolean {
    return this.state === 'trying';
  }

  start(): void {
    this.transmit();
    if (!this.path.isReliable) this.retransmitAfter(T1_MS);
    this.stopWaiting = this.path.timers.after(TRANSACTION_MS, () => this.fail('timeout'));
  }

  receive(response: SipResponse): void {
    if (this.state === 'over') return;
    if (response.status < 200) this.proceed(response);
    else if (this.isInvite) this.settleInvite(response);
    else if (this.isPending) this.settle('completed', this.path.isReliable ? 0 : T4_MS, response);
  }

  /** Forgets the transaction; nobody is told. */
  abandon(): void {
    this.end();
  }

  private proceed(response: SipResponse): void {
    if (!this.isPending) return;
    this.state = 'proceeding';
    // How long it may ring is decided by whoever calls.
    if (this.isInvite) this.clearTimers();
    this.listener.response(response);
  }

  private settleInvite(response: SipResponse): void {
    if (response.status < 300) {
      if (this.state === 'completed') return;
      if (this.state === 'accepted') return this.listener.response(response);
      return this.settle('accepted', TRANSACTION_MS, response);
    }
    if (this.state === 'accepted') return;
    this.deliver(acknowledgement(this.request, response));
    if (this.isPending) this.settle('completed', this.path.isReliable ? 0 : ACK_AGAIN_MS, response);
  }

  private settle(state: 'accepted' | 'completed', lingerMs: number, response: SipResponse): void {
    this.state = state;
    this.clearTimers();
    if (lingerMs === 0) this.end();
    else this.stopWaiting = this.path.timers.after(lingerMs, () => this.end());
    this.listener.response(response);
  }

  private transmit(): void {
    this.path.send(this.request).catch(() => this.fail('unreachable'));
  }

  /** Sends what is sent again when it is asked for again. */
  private deliver(message: SipRequest): void {
    this.path.send(message).catch(() => undefined);
  }

  private retransmitAfter(milliseconds: number): void {
    this.stopRetransmitting = this.path.timers.after(milliseconds, () => {
      this.transmit();
      const next = this.state === 'proceeding' ? T2_MS : milliseconds * 2;
      this.retransmitAfter(this.isInvite ? next : Math.min(next, T2_MS));
    });
  }

  private fail(reason: 'timeout' | 'unreachable'): void {
    if (!this.isPending) return;
    this.end();
    this.listener.failed(reason);
  }

  private end(): void {
    if (this.state === 'over') return;
    this.state = 'over';
    this.clearTimers();
    this.path.over();
  }

  private clearTimers(): void {
    this.stopRetransmitting?.();
    this.stopWaiting?.();
  }
}
