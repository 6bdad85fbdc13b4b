import type { Timers } from '../../common/timers.js';
import { lookUpHop } from './hop-lookup.js';
import { Registration } from './registration.js';
import { randomToken } from './sip-endpoint.js';
import { SipHeaders } from './sip-headers.js';
import type { SipRequest } from './sip-message.js';
import { type TrunkAccount, trunkUri } from './trunk-account.js';
import type { Hop } from './transport/hop.js';
import type { UserAgent } from './user-agent.js';

const HEARTBEAT_MS = 30_000;
/** A name's addresses are asked for again after so long. */
const ADDRESS_MS = 60_000;

export interface TrunkOptions {
  callsPerSecond: number;
  isRegistering: boolean;
  /** Something about the trunk changed that an operator wants to know. */
  note(text: string): void;
}

/** One way to the telephone network: where it is, whether it answers, and how fast it takes calls. */
export class Trunk {
  /** False once OPTIONS got no answer; such a trunk is tried last. */
  isAlive = true;
  private readonly addresses = new Set<string>();
  private readonly registration?: Registration;
  private way?: { hop: Promise<Hop>; at: number };
  private stopBeating?: () => void;
  private isStopped = false;
  private nextStart = -Infinity;

  constructor(
    readonly account: TrunkAccount,
    private readonly agent: UserAgent,
    private readonly timers: Timers,
    private readonly options: TrunkOptions,
  ) {
    const wayTo = () => this.wayTo();
    const changed = (isRegistered: boolean, why: string) =>
      options.note(`Trunk ${account.name}: ${isRegistered ? 'registered' : `not registered (${why})`}`);
    const contact = agent.contact(account.protocol);
    if (options.isRegistering)
      this.registration = new Registration(agent.endpoint, timers, account, contact, wayTo, changed);
  }

  get isRegistered(): boolean | null {
    return this.registration ? this.registration.isRegistered : null;
  }

  /** Returns true for an address that the trunk's name stood for at some time. */
  isAt(address: string): boolean {
    return this.addresses.has(address);
  }

  start(): void {
    this.registration?.start();
    void this.beat();
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    this.stopBeating?.();
    await this.registration?.stop();
  }

  /** Where the trunk is now. Rejects where its name is not found. */
  wayTo(): Promise<Hop> {
    const now = this.timers.now();
    if (!this.way || now - this.way.at >= ADDRESS_MS) {
      const hop = lookUpHop(trunkUri(this.account));
      this.way = { hop, at: now };
      hop.then(
        ({ address }) => this.addresses.add(address),
        () => (this.way = undefined),
      );
    }
    return this.way.hop;
  }

  /** Resolves when the next call may start on the trunk. */
  async turn(): Promise<void> {
    const now = this.timers.now();
    const start = Math.max(now, this.nextStart);
    this.nextStart = start + 1000 / this.options.callsPerSecond;
    if (start > now) await new Promise<void>((resolve) => this.timers.after(start - now, resolve));
  }

  /** Asks by OPTIONS whether the trunk is there; any answer says so (RFC 3261 section 11). */
  private async beat(): Promise<void> {
    const isAlive = await this.ask();
    if (this.isStopped) return;
    if (isAlive !== this.isAlive)
      this.options.note(`Trunk ${this.account.name} ${isAlive ? 'answers again' : 'does not answer'}`);
    this.isAlive = isAlive;
    this.stopBeating = this.timers.after(HEARTBEAT_MS, () => void this.beat());
  }

  private async ask(): Promise<boolean> {
    const uri = trunkUri(this.account);
    const headers = new SipHeaders({
      'max-forwards': 70,
      from: `<${this.agent.address}>;tag=${randomToken()}`,
      to: `<${uri}>`,
      'call-id': randomToken(),
      cseq: '1 OPTIONS',
      contact: this.agent.contact(this.account.protocol),
    });
    const request: SipRequest = { kind: 'request', method: 'OPTIONS', uri, headers, body: Buffer.alloc(0) };
    try {
      const hop = await this.wayTo();
      return await new Promise((resolve) =>
        this.agent.endpoint.request(request, hop, {
          response: ({ status }) => void (status >= 200 && resolve(status !== 503 && status !== 408)),
          failed: () => resolve(false),
        }),
      );
    } catch {
      return false;
    }
  }
}
