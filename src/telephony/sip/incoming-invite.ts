import { Dialog } from './dialog.js';
import type { Negotiation } from './negotiation.js';
import type { SessionEnd, SessionListener } from './session-listener.js';
import { readSessionInterval } from './session-timer.js';
import { randomToken } from './sip-endpoint.js';
import { responseTo, type SipRequest, type SipResponse } from './sip-message.js';
import { ALLOW, SDP, type SessionContext, SipSession } from './sip-session.js';
import { parseNameAddress, parseSipUri } from './sip-uri.js';
import type { ServerTransaction } from './transaction/server-transaction.js';

export interface IncomingContext extends SessionContext {
  answered(session: SipSession): void;
}

/** A call that comes in, until it is answered (RFC 3261 section 13.3). */
export class IncomingInvite {
  /** The user parts of whom is called and who calls: numbers as the trunk writes them. */
  readonly to: string;
  readonly from: string;
  private readonly localTag = randomToken();
  private listener?: SessionListener;
  private session?: SipSession;
  private isOver = false;

  constructor(
    private readonly context: IncomingContext,
    private readonly request: SipRequest,
    private readonly transaction: ServerTransaction,
  ) {
    const caller = parseNameAddress(request.headers.get('from') ?? '')?.uri ?? '';
    this.to = parseSipUri(request.uri)?.user ?? '';
    this.from = parseSipUri(caller)?.user ?? '';
    transaction.onCancel = () => this.cancel();
  }

  /** Tells the caller that it rings; `listener` learns what becomes of the call. */
  ring(listener: SessionListener): void {
    this.listener = listener;
    // The caller gave up before anybody took the call.
    if (this.isOver) return queueMicrotask(() => listener.ended({ reason: 'canceled', status: 487 }));
    this.transaction.respond(this.withFields(responseTo(this.request, 180, this.localTag)));
  }

  /** Refuses the call with a status from 400 on. */
  reject(status: number): void {
    if (this.isOver) return;
    this.isOver = true;
    this.transaction.reply(status, this.localTag);
  }

  /** Answers the call. Returns false where the caller offers no sound that we have, which refuses it (488), or is gone. */
  answer(negotiation: Negotiation): boolean {
    const { listener, request, transaction } = this;
    const dialog = Dialog.ofCallee(request, this.localTag);
    const isOfferOurs = request.body.length === 0;
    const answer = isOfferOurs ? null : negotiation.answer(request.body);
    if (this.isOver || !listener) return false;
    if (!dialog || (!isOfferOurs && !answer)) {
      this.end({ reason: 'no-media', status: 488 });
      transaction.reply(dialog ? 488 : 400, this.localTag);
      return false;
    }
    const session = new SipSession(
      this.context,
      { dialog, hop: transaction.from, negotiation, digest: null, isCaller: false },
      listener,
    );
    this.session = session;
    this.context.answered(session);
    session.awaitAck(transaction, isOfferOurs);
    session.begin(request);
    transaction.respond(this.acceptance(isOfferOurs ? negotiation.offer() : (answer?.body ?? Buffer.alloc(0))));
    if (answer) listener.media(answer.remote);
    listener.answered();
    return true;
  }

  hangUp(): void {
    if (this.session) return this.session.hangUp();
    if (this.isOver) return;
    this.end({ reason: 'hung-up-here', status: null });
    this.transaction.reply(486, this.localTag);
  }

  async refer(uri: string): Promise<void> {
    if (!this.session) throw new Error('Only a call that was answered can be transferred.');
    await this.session.refer(uri);
  }

  private acceptance(body: Buffer): SipResponse {
    const response = this.withFields(responseTo(this.request, 200, this.localTag));
    response.body = body;
    response.headers.set('content-type', SDP);
    const interval = readSessionInterval(this.request.headers);
    if (!interval) return response;
    response.headers.set('session-expires', `${interval.seconds};refresher=${interval.refresher ?? 'uac'}`);
    if (this.request.headers.has('supported', 'timer')) response.headers.set('require', 'timer');
    return response;
  }

  private withFields(response: SipResponse): SipResponse {
    response.headers.set('contact', this.context.contact);
    response.headers.set('allow', ALLOW);
    return response;
  }

  private cancel(): void {
    if (this.isOver || this.session) return;
    this.transaction.reply(487, this.localTag);
    this.end({ reason: 'canceled', status: 487 });
  }

  private end(end: SessionEnd): void {
    this.isOver = true;
    this.listener?.ended(end);
  }
}
