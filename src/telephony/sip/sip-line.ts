import { isIP } from 'node:net';
import type { Timers } from '../../common/timers.js';
import { MediaEngine } from '../media/media-engine.js';
import { AUDIO_CODECS } from '../media/media-format.js';
import type { DialRequest, FrameCounts, IncomingCall, LineCall, LineListener, PhoneLine } from '../phone-line.js';
import type { IncomingInvite } from './incoming-invite.js';
import { Negotiation } from './negotiation.js';
import type { OutgoingInvite } from './outgoing-invite.js';
import { Attempt, SipCall } from './sip-call.js';
import { SipIncoming } from './sip-incoming.js';
import { sipUri } from './sip-uri.js';
import { Trunk } from './trunk.js';
import { type TrunkAccount, trunkUri } from './trunk-account.js';
import { UserAgent } from './user-agent.js';

export interface SipLineOptions {
  trunks: TrunkAccount[];
  listen: { address: string; port: number };
  publicAddress?: string;
  rtpPorts: { first: number; last: number };
  isRegistering: boolean;
  callsPerSecond: number;
  timers: Timers;
  /** Tells the operator what changed about a trunk. */
  note(text: string): void;
}

/** Calls people over SIP trunks (calls section 14.2). */
export class SipLine implements PhoneLine {
  readonly name = 'sip';
  readonly trunks: Trunk[];
  private readonly media: MediaEngine;
  private readonly calls = new Set<SipCall>();
  private receive?: (call: IncomingCall) => void;

  private constructor(
    private readonly agent: UserAgent,
    private readonly options: SipLineOptions,
  ) {
    const { listen, rtpPorts: ports, timers, callsPerSecond, isRegistering } = options;
    this.media = new MediaEngine({ address: listen.address, ports });
    const trunkOptions = { callsPerSecond, isRegistering, note: (text: string) => options.note(text) };
    this.trunks = options.trunks.map((account) => new Trunk(account, agent, timers, trunkOptions));
    for (const trunk of this.trunks) trunk.start();
  }

  /** Listens, looks for the trunks and registers; rejects when SIP_LISTEN cannot be had. */
  static async open(options: SipLineOptions): Promise<SipLine> {
    const lines: SipLine[] = [];
    const agent = await UserAgent.open({
      ...options,
      isAllowed: (address) => lines.some((line) => line.trunks.some((trunk) => trunk.isAt(address))),
      incoming: (invite) => lines[0]?.ring(invite),
    });
    const line = new SipLine(agent, options);
    lines.push(line);
    return line;
  }

  /** The port that SIP listens on. */
  get port(): number {
    return this.agent.port;
  }

  get openCalls(): number {
    return this.calls.size;
  }

  /** Of all calls since the start. */
  get frames(): FrameCounts {
    return { sent: this.media.frames, late: this.media.lateFrames };
  }

  onIncoming(receive: (call: IncomingCall) => void): void {
    this.receive = receive;
  }

  dial(request: DialRequest, listener: LineListener): LineCall {
    const call: SipCall = new SipCall(
      listener,
      (number) => this.uriOf(number),
      () => this.calls.delete(call),
    );
    this.calls.add(call);
    void this.place(request, call);
    return call;
  }

  /** Hangs up on everybody, takes registrations back and stops listening. */
  async close(): Promise<void> {
    for (const call of this.calls) call.hangUp();
    await Promise.all(this.trunks.map((trunk) => trunk.stop()));
    await this.media.close();
    await this.agent.close();
  }

  private uriOf(number: string): string {
    const [{ account }] = this.trunks;
    return sipUri(number, account.host, account.port);
  }

  /** A call comes in from a trunk. */
  private ring(invite: IncomingInvite): void {
    const parts = {
      address: this.agent.host,
      media: this.media,
      uriOf: (number: string) => this.uriOf(number),
      keep: (call: SipCall) => this.calls.add(call),
      release: (call: SipCall) => this.calls.delete(call),
    };
    if (this.receive) this.receive(new SipIncoming(invite, parts));
    else invite.reject(404);
  }

  private async place(request: DialRequest, call: SipCall): Promise<void> {
    const channel = await this.media.open({
      frame: (samples) => call.frame(samples),
      digit: (digit) => call.digit(digit),
      lost: () => call.lose(),
    });
    if (!channel) return call.end({ reason: 'carrier-unavailable', carrierCode: null });
    call.useChannel(channel);
    let last: Attempt | undefined;
    for (const trunk of [...this.trunks].sort((one, other) => Number(other.isAlive) - Number(one.isAlive))) {
      await trunk.turn();
      if (!call.isWanted) break;
      last = await this.attempt(trunk, request, call, channel.port);
      if (last && (await last.isOver) === 'done') break;
    }
    const reason = call.isWanted ? 'carrier-unavailable' : 'canceled';
    call.end(last?.end ?? { reason, carrierCode: null });
  }

  /** Calls by one trunk; undefined where its name is not found. */
  private async attempt(trunk: Trunk, request: DialRequest, call: SipCall, port: number): Promise<Attempt | undefined> {
    const hop = await trunk.wayTo().catch(() => undefined);
    if (!hop || !call.isWanted) return undefined;
    const { account } = trunk;
    const isSecure = account.protocol === 'tls';
    const negotiation = new Negotiation({ address: this.agent.host, port, codecs: AUDIO_CODECS, isSecure });
    let invite: OutgoingInvite | undefined = undefined as OutgoingInvite | undefined;
    const attempt = new Attempt(
      call,
      this.options.timers,
      () => invite?.isUnanswered ?? false,
      () => invite?.hangUp(),
    );
    invite = this.agent.invite(
      {
        to: trunkUri(account, request.to),
        from: sipUri(request.from, isIP(account.host) === 0 ? account.host : this.agent.host),
        hop,
        credentials: account.credentials,
        negotiation,
      },
      attempt,
    );
    call.useSignalling(invite);
    return attempt;
  }
}
