import type { MediaEngine } from '../media/media-engine.js';
import { AUDIO_CODECS } from '../media/media-format.js';
import type { IncomingCall, LineListener, TakenCall } from '../phone-line.js';
import type { IncomingInvite } from './incoming-invite.js';
import { Negotiation } from './negotiation.js';
import { SipCall } from './sip-call.js';
import { lineEndOf } from './sip-outcome.js';

const REFUSALS = { 'unknown-number': 404, busy: 486 };

/** A SIP call that rings here; its sound is opened when it is answered. */
class TakenSipCall extends SipCall implements TakenCall {
  constructor(
    listener: LineListener,
    uriOf: (number: string) => string,
    released: () => void,
    private readonly accept: (call: SipCall) => Promise<void>,
  ) {
    super(listener, uriOf, released);
  }

  answer(): void {
    void this.accept(this);
  }
}

/** What a call that comes in needs of the line. */
export interface IncomingParts {
  /** The address that sound is sent to. */
  address: string;
  media: MediaEngine;
  uriOf(number: string): string;
  keep(call: SipCall): void;
  release(call: SipCall): void;
}

/** A call that a trunk brings. */
export class SipIncoming implements IncomingCall {
  readonly to: string;
  readonly from: string;

  constructor(
    private readonly invite: IncomingInvite,
    private readonly parts: IncomingParts,
  ) {
    this.to = invite.to;
    this.from = invite.from;
  }

  take(listener: LineListener): TakenCall {
    const { parts, invite } = this;
    const call: TakenSipCall = new TakenSipCall(
      listener,
      (number) => parts.uriOf(number),
      () => parts.release(call),
      (taken) => this.answer(taken),
    );
    parts.keep(call);
    call.useSignalling(invite);
    invite.ring({
      ringing: () => undefined,
      media: (remote) => call.agree(remote),
      answered: () => call.answered(),
      digit: (digit) => call.digit(digit),
      ended: (end) => call.end(lineEndOf(end)),
    });
    return call;
  }

  refuse(why: 'unknown-number' | 'busy'): void {
    this.invite.reject(REFUSALS[why]);
  }

  private async answer(call: SipCall): Promise<void> {
    const channel = await this.parts.media.open({
      frame: (samples) => call.frame(samples),
      digit: (digit) => call.digit(digit),
      lost: () => call.lose(),
    });
    // Without a free port nobody would hear anything.
    if (!channel) return this.invite.hangUp();
    call.useChannel(channel);
    const { address } = this.parts;
    this.invite.answer(new Negotiation({ address, port: channel.port, codecs: AUDIO_CODECS, isSecure: false }));
  }
}
