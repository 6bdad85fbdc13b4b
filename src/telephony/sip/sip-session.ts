import type { Timers } from '../../common/timers.js';
import type { Dialog } from './dialog.js';
import { DialogRequests, type Outcome } from './dialog-requests.js';
import type { DigestClient } from './digest.js';
import type { Negotiation } from './negotiation.js';
import type { SessionEnd, SessionListener } from './session-listener.js';
import { readSessionInterval, SESSION_EXPIRES_SECONDS, SessionTimer } from './session-timer.js';
import type { SipEndpoint } from './sip-endpoint.js';
import { responseTo, type SipMessage, type SipRequest } from './sip-message.js';
import { Transfer } from './transfer.js';
import type { ServerTransaction } from './transaction/server-transaction.js';
import type { Hop } from './transport/hop.js';

/** Methods that we take (RFC 3261 section 20.5). */
export const ALLOW = 'INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, INFO, NOTIFY';
export const SDP = 'application/sdp';

export interface SessionContext {
  endpoint: SipEndpoint;
  timers: Timers;
  /** Our Contact field. */
  contact: string;
  /** The call is over; requests of its dialog are answered 481 from now on. */
  over(key: string): void;
}

interface SessionParts {
  dialog: Dialog;
  hop: Hop;
  negotiation: Negotiation;
  digest: DigestClient | null;
  isCaller: boolean;
}

/** A call that was answered, from either side: requests within its dialog (RFC 3261 sections 14 and 15, RFC 3311, RFC 4028). */
export class SipSession {
  private readonly requests: DialogRequests;
  private readonly timer: SessionTimer;
  private interval = SESSION_EXPIRES_SECONDS;
  private canUpdate = false;
  private isOver = false;
  private isInviting = false;
  private transfer?: Transfer;
  /** The INVITE that we accepted last, until its ACK. */
  private accepted?: { transaction: ServerTransaction; isOfferOurs: boolean };

  constructor(
    private readonly context: SessionContext,
    private readonly parts: SessionParts,
    private readonly listener: SessionListener,
  ) {
    this.requests = new DialogRequests(context.endpoint, parts.dialog, parts.hop, parts.digest);
    this.timer = new SessionTimer(
      context.timers,
      () => void this.refresh(),
      () => this.hangUp('lost'),
    );
  }

  get key(): string {
    return this.parts.dialog.key;
  }

  /** Sends the ACK of the response that made the call, each time that it is called. */
  acknowledger(sequence: number): () => void {
    return this.requests.acknowledger(sequence);
  }

  /** Takes what the far end's INVITE, or its answer to ours, says of session timers and methods. */
  begin(message: SipMessage): void {
    this.canUpdate = message.headers.has('allow', 'UPDATE');
    const interval = readSessionInterval(message.headers);
    if (!interval) return;
    this.interval = interval.seconds;
    const ourRole = this.parts.isCaller ? 'uac' : 'uas';
    // As the one who is called we name the caller as the refresher, unless it named us.
    this.timer.start(interval.seconds, interval.refresher === ourRole);
  }

  /** Waits for the ACK of our 2xx to an INVITE; without it the call ends. */
  awaitAck(transaction: ServerTransaction, isOfferOurs: boolean): void {
    this.accepted = { transaction, isOfferOurs };
    transaction.onUnacknowledged = () => this.hangUp('lost');
  }

  /** Ends the call here and tells the far end. */
  hangUp(reason: SessionEnd['reason'] = 'hung-up-here'): void {
    if (this.isOver) return;
    this.end({ reason, status: null });
    void this.requests.send('BYE');
  }

  /** Asks the far end to call somebody else in our place (RFC 3515); rejects when it does not. */
  async refer(uri: string): Promise<void> {
    if (this.transfer) throw new Error('The call is being transferred already.');
    const transfer = new Transfer(this.context.timers);
    this.transfer = transfer;
    const fields = { 'refer-to': `<${uri}>`, 'referred-by': this.context.contact, contact: this.context.contact };
    const outcome = await this.requests.send('REFER', { fields });
    if (typeof outcome === 'string') transfer.fail(outcome);
    else if (outcome.status >= 300) transfer.fail(`the far end answered ${outcome.status}`);
    try {
      await transfer.outcome;
    } finally {
      this.transfer = undefined;
    }
    this.hangUp('transferred');
  }

  /** A request of this dialog. */
  receive(request: SipRequest, transaction: ServerTransaction | null): void {
    if (!transaction) return this.receiveAck(request);
    if (this.isOver) return transaction.reply(481, '');
    if (!this.parts.dialog.take(request)) return transaction.reply(500, '');
    if (request.method === 'BYE') return this.receiveBye(transaction);
    if (request.method === 'INVITE' || request.method === 'UPDATE') return this.receiveOffer(request, transaction);
    if (request.method === 'INFO') this.receiveInfo(request);
    if (request.method === 'NOTIFY') this.transfer?.notify(request);
    const isKnown = ['INFO', 'NOTIFY', 'OPTIONS'].includes(request.method);
    transaction.respond(this.withFields(responseTo(request, isKnown ? 200 : 405)));
  }

  private receiveAck(request: SipRequest): void {
    const { accepted } = this;
    if (!accepted) return;
    this.accepted = undefined;
    accepted.transaction.acknowledge();
    if (!accepted.isOfferOurs || this.isOver) return;
    const remote = this.parts.negotiation.accept(request.body);
    if (remote) this.listener.media(remote);
    else this.hangUp('no-media');
  }

  private receiveBye(transaction: ServerTransaction): void {
    transaction.reply(200, '');
    this.end({ reason: this.transfer ? 'transferred' : 'hung-up-there', status: null });
  }

  /** A re-INVITE or UPDATE: new sound, hold, or a refresh alone. */
  private receiveOffer(request: SipRequest, transaction: ServerTransaction): void {
    if (this.isInviting || (request.method === 'INVITE' && this.accepted)) return transaction.reply(491, '');
    const { negotiation, dialog } = this.parts;
    const response = this.withFields(responseTo(request, 200));
    const isOfferOurs = request.method === 'INVITE' && request.body.length === 0;
    const answer = request.body.length === 0 ? null : negotiation.answer(request.body);
    if (request.body.length > 0 && !answer) return transaction.reply(488, '');
    const body = isOfferOurs ? negotiation.offer() : answer?.body;
    if (body) {
      response.body = body;
      response.headers.set('content-type', SDP);
    }
    dialog.refreshTarget(request);
    this.keepInterval(request, response);
    if (request.method === 'INVITE') this.awaitAck(transaction, isOfferOurs);
    transaction.respond(response);
    if (answer) this.listener.media(answer.remote);
  }

  /** Agrees to the far end's session timer, which it refreshes itself. */
  private keepInterval(request: SipRequest, response: SipMessage): void {
    const interval = readSessionInterval(request.headers);
    if (!interval) return;
    const refresher = interval.refresher ?? 'uac';
    response.headers.set('session-expires', `${interval.seconds};refresher=${refresher}`);
    if (request.headers.has('supported', 'timer')) response.headers.set('require', 'timer');
    this.interval = interval.seconds;
    this.timer.start(interval.seconds, refresher === 'uas');
  }

  /** Digits as `application/dtmf-relay` and `application/dtmf` carry them, which no RFC describes. */
  private receiveInfo({ headers, body }: SipRequest): void {
    const type = headers.get('content-type')?.split(';')[0].trim().toLowerCase();
    const text = body.toString('latin1', 0, 256);
    const digit = type === 'application/dtmf-relay' ? /^\s*signal\s*=\s*([0-9A-D*#])\s*$/im.exec(text)?.[1] : undefined;
    const bare = type === 'application/dtmf' ? /^\s*([0-9A-D*#])\s*$/i.exec(text)?.[1] : undefined;
    const pressed = digit ?? bare;
    if (pressed) this.listener.digit(pressed.toUpperCase());
  }

  private async refresh(): Promise<void> {
    const fields: Record<string, string> = {
      contact: this.context.contact,
      supported: 'timer',
      'session-expires': `${this.interval};refresher=uac`,
    };
    if (this.canUpdate) return this.settleRefresh(await this.requests.send('UPDATE', { fields }));
    this.isInviting = true;
    const body = this.parts.negotiation.offer();
    const outcome = await this.requests.send('INVITE', {
      fields: { ...fields, allow: ALLOW, 'content-type': SDP },
      body,
    });
    this.isInviting = false;
    this.settleRefresh(outcome);
    if (this.isOver || typeof outcome === 'string' || outcome.status >= 300) return;
    const remote = this.parts.negotiation.accept(outcome.body);
    if (remote) this.listener.media(remote);
  }

  private settleRefresh(outcome: Outcome): void {
    if (this.isOver) return;
    const isLost = typeof outcome === 'string' || outcome.status === 481 || outcome.status === 408;
    if (isLost) return this.hangUp('lost');
    const interval = readSessionInterval(outcome.headers);
    this.timer.start(interval?.seconds ?? this.interval, interval?.refresher !== 'uas');
  }

  private withFields<T extends SipMessage>(response: T): T {
    response.headers.set('contact', this.context.contact);
    response.headers.set('allow', ALLOW);
    return response;
  }

  private end(end: SessionEnd): void {
    if (this.isOver) return;
    this.isOver = true;
    this.timer.cancel();
    this.transfer?.fail('the call ended');
    this.context.over(this.key);
    this.listener.ended(end);
  }
}
