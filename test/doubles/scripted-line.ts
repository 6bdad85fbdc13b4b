import type { DialRequest, LineCall, LineEndReason, LineListener, PhoneLine } from '../../src/telephony/phone-line.js';

/** A call on a scripted line, with what a test needs to play the far end. */
export interface ScriptedCall {
  request: DialRequest;
  listener: LineListener;
  isOver: boolean;
  end(reason: LineEndReason, carrierCode?: number): void;
}

/** A phone line whose far end does what a test says: for each call, or for all of them by `script`. */
export class ScriptedLine implements PhoneLine {
  readonly name = 'browser';
  readonly frames = { sent: 0, late: 0 };
  readonly calls: ScriptedCall[] = [];
  /** Most calls that were under way at the same time, in all and by their number of origin. */
  readonly most = new Map<string, number>();

  constructor(private readonly script: (call: ScriptedCall) => void = () => undefined) {}

  dial(request: DialRequest, listener: LineListener): LineCall {
    const call: ScriptedCall = {
      request,
      listener,
      isOver: false,
      end: (reason, carrierCode) => {
        if (call.isOver) return;
        call.isOver = true;
        listener.ended({ reason, carrierCode: carrierCode ?? null });
      },
    };
    this.calls.push(call);
    const now = this.calls.filter((one) => !one.isOver && one.request.from === request.from).length;
    this.most.set(request.from, Math.max(now, this.most.get(request.from) ?? 0));
    queueMicrotask(() => this.script(call));
    return {
      play: () => undefined,
      clear: () => undefined,
      playedSamples: 0,
      waitingSamples: 0,
      pressDigits: () => undefined,
      transfer: () => Promise.reject(new Error('There is nobody else on a scripted line.')),
      hangUp: () => queueMicrotask(() => call.end('hung-up-here')),
    };
  }

  /** The call to a number, or the newest one. */
  call(to?: string): ScriptedCall {
    const found = this.calls.filter(({ request }) => to === undefined || request.to === to).at(-1);
    if (!found) throw new Error(`Nobody called ${to ?? 'anybody'}`);
    return found;
  }
}
