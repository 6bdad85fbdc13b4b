import { Dialog } from './dialog.js';
import { DigestClient, type SipCredentials } from './digest.js';
import type { Negotiation } from './negotiation.js';
import type { SessionEnd, SessionListener } from './session-listener.js';
import { MIN_SESSION_SECONDS, SESSION_EXPIRES_SECONDS } from './session-timer.js';
import { randomToken } from './sip-endpoint.js';
import { SipHeaders } from './sip-headers.js';
import type { SipRequest, SipResponse } from './sip-message.js';
import { ALLOW, SDP, type SessionContext, SipSession } from './sip-session.js';
import { parseNameAddress } from './sip-uri.js';
import type { ClientTransaction } from './transaction/client-transaction.js';
import { TRANSACTION_MS } from './transaction/transaction-timers.js';
import type { Hop } from './transport/hop.js';

/** Challenges, and longer session timers, that one call answers. */
const MAX_TRIES = 4;

export interface InviteRequest {
  /** Request URI and To. */
  to: string;
  /** URI of From. */
  from: string;
  hop: Hop;
  credentials: SipCredentials | null;
  negotiation: Negotiation;
}

export interface InviteContext extends Omit<SessionContext, 'over'> {
  /** A dialog was made; its requests go to the session. */
  answered(session: SipSession): void;
  over(key: string): void;
}

function toTag(response: SipResponse): string {
  return parseNameAddress(response.headers.get('to') ?? '')?.params.get('tag') ?? '';
}

/** A call that we make, until it is answered (RFC 3261 section 13.2). */
export class OutgoingInvite {
  private readonly callId = randomToken();
  private readonly localTag = randomToken();
  private readonly digest: DigestClient | null;
  private transaction?: ClientTransaction;
  private session?: SipSession;
  /** Acknowledgements by the tag of whom they are for: an INVITE that was forked is answered by several. */
  private readonly acknowledgements = new Map<string, () => void>();
  private sequence = 0;
  private sessionSeconds = SESSION_EXPIRES_SECONDS;
  private minSessionSeconds = MIN_SESSION_SECONDS;
  private tries = 0;
  private hasMedia = false;
  private isRinging = false;
  private isOver = false;
  private isCanceled = false;

  constructor(
    private readonly context: InviteContext,
    private readonly wanted: InviteRequest,
    private readonly listener: SessionListener,
  ) {
    this.digest = wanted.credentials ? new DigestClient(wanted.credentials) : null;
  }

  /** True as long as the far end has said nothing at all. */
  get isUnanswered(): boolean {
    return this.transaction?.isUnanswered ?? false;
  }

  start(): void {
    this.send(this.build());
  }

  /** Cancels the call, or hangs up when it was answered. */
  hangUp(): void {
    if (this.session) return this.session.hangUp();
    if (this.isOver) return;
    this.isCanceled = true;
    this.end({ reason: 'canceled', status: null });
    // An INVITE may only be cancelled once the peer has said anything.
    if (this.transaction?.hasProvisional) this.cancel();
  }

  /** Rejects when the call was not answered, or the far end does not transfer. */
  async refer(uri: string): Promise<void> {
    if (!this.session) throw new Error('Only a call that was answered can be transferred.');
    await this.session.refer(uri);
  }

  private build(): SipRequest {
    this.sequence += 1;
    const { to, from, negotiation } = this.wanted;
    const headers = new SipHeaders({
      'max-forwards': 70,
      from: `<${from}>;tag=${this.localTag}`,
      to: `<${to}>`,
      'call-id': this.callId,
      cseq: `${this.sequence} INVITE`,
      contact: this.context.contact,
      allow: ALLOW,
      supported: 'timer',
      'session-expires': this.sessionSeconds,
      'min-se': this.minSessionSeconds,
      'content-type': SDP,
    });
    return { kind: 'request', method: 'INVITE', uri: to, headers, body: negotiation.offer() };
  }

  private send(request: SipRequest): void {
    this.tries += 1;
    this.transaction = this.context.endpoint.request(request, this.wanted.hop, {
      response: (response) => this.receive(request, response),
      failed: (reason) => this.end({ reason, status: null }),
    });
  }

  private receive(request: SipRequest, response: SipResponse): void {
    if (response.status < 200) return this.receiveProvisional(response);
    if (response.status < 300) return this.receiveAnswer(request, response);
    if (this.isOver) return;
    if (this.retry(response)) return;
    this.end({ reason: 'refused', status: response.status });
  }

  private receiveProvisional(response: SipResponse): void {
    if (this.isCanceled) return this.cancel();
    if (this.isOver || response.status === 100) return;
    this.takeMedia(response);
    if (this.isRinging || (response.status !== 180 && response.status !== 183)) return;
    this.isRinging = true;
    this.listener.ringing();
  }

  private takeMedia(response: SipResponse): void {
    if (response.body.length === 0 || this.hasMedia) return;
    const remote = this.wanted.negotiation.accept(response.body);
    if (!remote) return;
    this.hasMedia = true;
    this.listener.media(remote);
  }

  /** A 2xx: the answer, the same once more, that of another phone, or one that crossed our CANCEL. */
  private receiveAnswer(request: SipRequest, response: SipResponse): void {
    const tag = toTag(response);
    const again = this.acknowledgements.get(tag);
    if (again) return again();
    const dialog = Dialog.ofCaller(request, response);
    if (!dialog) return this.end({ reason: 'no-media', status: response.status });
    const isMine = !this.isOver && !this.session;
    const session = this.openSession(dialog, isMine);
    const acknowledge = session.acknowledger(this.sequence);
    this.acknowledgements.set(tag, acknowledge);
    acknowledge();
    if (isMine) this.begin(session, response);
    else session.hangUp();
  }

  private openSession(dialog: Dialog, isMine: boolean): SipSession {
    const { hop, negotiation } = this.wanted;
    const silent: SessionListener = { ringing() {}, media() {}, answered() {}, digit() {}, ended() {} };
    const parts = { dialog, hop, negotiation, digest: this.digest, isCaller: true };
    const session = new SipSession(this.context, parts, isMine ? this.listener : silent);
    if (isMine) this.session = session;
    return session;
  }

  private begin(session: SipSession, response: SipResponse): void {
    this.context.answered(session);
    // The sound of an early answer may be replaced by that of the real one.
    this.hasMedia &&= response.body.length === 0;
    this.takeMedia(response);
    if (!this.hasMedia) return session.hangUp('no-media');
    session.begin(response);
    this.listener.answered();
  }

  /** Tries again where the response says how; true when it does. */
  private retry(response: SipResponse): boolean {
    if (this.tries >= MAX_TRIES) return false;
    const previous = this.transaction?.request;
    const request = this.build();
    if (response.status === 422) {
      const least = Number(response.headers.get('min-se') ?? 0);
      if (!(least > this.sessionSeconds || least > this.minSessionSeconds)) return false;
      this.minSessionSeconds = Math.min(least, 86_400);
      this.sessionSeconds = Math.max(this.sessionSeconds, this.minSessionSeconds);
      request.headers.set('session-expires', this.sessionSeconds);
      request.headers.set('min-se', this.minSessionSeconds);
    } else {
      if (response.status !== 401 && response.status !== 407) return false;
      for (const name of ['authorization', 'proxy-authorization']) {
        const value = previous?.headers.get(name);
        if (value !== undefined) request.headers.set(name, value);
      }
      if (!this.digest?.answer(request, response)) return false;
    }
    this.send(request);
    return true;
  }

  private cancel(): void {
    const { transaction } = this;
    if (!transaction?.isPending) return;
    this.isCanceled = false;
    this.context.endpoint.cancel(transaction, this.wanted.hop);
    // A peer that answers the CANCEL and never the INVITE is forgotten (RFC 3261 section 9.1).
    this.context.timers.after(TRANSACTION_MS, () => {
      if (transaction.isPending) transaction.abandon();
    });
  }

  private end(end: SessionEnd): void {
    if (this.isOver || this.session) return;
    this.isOver = true;
    this.listener.ended(end);
  }
}
