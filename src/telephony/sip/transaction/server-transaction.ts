import type { Timers } from '../../../common/timers.js';
import type { Hop } from '../transport/hop.js';
import { responseTo, type SipRequest, type SipResponse } from '../sip-message.js';
import { T1_MS, T2_MS, T4_MS, TRANSACTION_MS } from './transaction-timers.js';

/** How a transaction reaches the network and its clock. */
export interface ServerPath {
  send(response: SipResponse): void;
  isReliable: boolean;
  timers: Timers;
  over(): void;
}

/** A request that came in and our responses to it (RFC 3261 section 17.2, RFC 6026). */
export class ServerTransaction {
  /** Called when a 2xx to an INVITE was never acknowledged. */
  onUnacknowledged?: () => void;
  /** Called when the caller cancels an INVITE that has no final response. */
  onCancel?: () => void;
  private state: 'proceeding' | 'accepted' | 'completed' | 'confirmed' | 'over' = 'proceeding';
  private readonly isInvite: boolean;
  private last?: SipResponse;
  private stopRetransmitting?: () => void;
  private stopWaiting?: () => void;

  constructor(
    readonly request: SipRequest,
    /** Who sent it. */
    readonly from: Hop,
    private readonly path: ServerPath,
  ) {
    this.isInvite = request.method === 'INVITE';
  }

  get isPending(): boolean {
    return this.state === 'proceeding';
  }

  /** Answers with a status alone. */
  reply(status: number, toTag: string): void {
    this.respond(responseTo(this.request, status, toTag));
  }

  respond(response: SipResponse): void {
    if (!this.isPending) return;
    this.last = response;
    this.path.send(response);
    if (response.status < 200) return;
    if (this.isInvite) this.settleInvite(response.status);
    else this.linger('completed', this.path.isReliable ? 0 : TRANSACTION_MS);
  }

  /** The same request came again. */
  receiveAgain(): void {
    if (this.last && this.state !== 'confirmed' && this.state !== 'over') this.path.send(this.last);
  }

  /** An ACK came: of a final response that is no 2xx by its branch, of a 2xx by its dialog. */
  acknowledge(): void {
    if (this.state !== 'completed' && this.state !== 'accepted') return;
    if (!this.isInvite) return;
    this.stopRetransmitting?.();
    this.stopWaiting?.();
    this.linger('confirmed', this.path.isReliable ? 0 : T4_MS);
  }

  abandon(): void {
    this.end();
  }

  private settleInvite(status: number): void {
    const isAccepted = status < 300;
    this.state = isAccepted ? 'accepted' : 'completed';
    // A 2xx is sent again over every transport: a proxy behind it may use another.
    if (isAccepted || !this.path.isReliable) this.retransmitAfter(T1_MS);
    this.stopWaiting = this.path.timers.after(TRANSACTION_MS, () => {
      this.end();
      if (isAccepted) this.onUnacknowledged?.();
    });
  }

  private retransmitAfter(milliseconds: number): void {
    this.stopRetransmitting = this.path.timers.after(milliseconds, () => {
      if (this.last) this.path.send(this.last);
      this.retransmitAfter(Math.min(milliseconds * 2, T2_MS));
    });
  }

  private linger(state: 'completed' | 'confirmed', milliseconds: number): void {
    this.state = state;
    if (milliseconds === 0) return this.end();
    this.stopWaiting = this.path.timers.after(milliseconds, () => this.end());
  }

  private end(): void {
    if (this.state === 'over') return;
    this.state = 'over';
    this.stopRetransmitting?.();
    this.stopWaiting?.();
    this.path.over();
  }
}
