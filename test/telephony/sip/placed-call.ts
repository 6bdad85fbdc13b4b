import { Negotiation } from '../../../src/telephony/sip/negotiation.js';
import type { OutgoingInvite } from '../../../src/telephony/sip/outgoing-invite.js';
import type { SessionEnd } from '../../../src/telephony/sip/session-listener.js';
import type { UserAgent } from '../../../src/telephony/sip/user-agent.js';

const CREDENTIALS = { user: 'talk', password: 'a "quoted" secret' };

/** A call of ours to a far end, and what we heard of it. */
export class PlacedCall {
  readonly events: string[] = [];
  private readonly waiting = new Map<string, () => void>();
  invite!: OutgoingInvite;
  readonly ended: Promise<SessionEnd>;
  private tellEnd!: (end: SessionEnd) => void;

  constructor(agent: UserAgent, farEnd: { port: number }, protocol: 'udp' | 'tcp' = 'udp') {
    this.ended = new Promise((resolve) => (this.tellEnd = resolve));
    const negotiation = new Negotiation({
      address: '127.0.0.1',
      port: 40_000,
      codecs: ['PCMU', 'PCMA'],
      isSecure: false,
    });
    const target = `127.0.0.1:${farEnd.port}`;
    const hop = { protocol, address: '127.0.0.1', port: farEnd.port };
    const wanted = {
      to: `sip:+12025550123@${target}`,
      from: 'sip:+12025550100@127.0.0.1',
      hop,
      credentials: CREDENTIALS,
      negotiation,
    };
    this.invite = agent.invite(wanted, {
      ringing: () => this.tell('ringing'),
      media: ({ codec, listens }) => this.tell(`media ${codec}${listens ? '' : ' held'}`),
      answered: () => this.tell('answered'),
      digit: (digit) => this.tell(`digit ${digit}`),
      ended: (end) => {
        this.tell('ended');
        this.tellEnd(end);
      },
    });
  }

  /** Resolves when the event has come. */
  heard(event: string): Promise<void> {
    if (this.events.includes(event)) return Promise.resolve();
    return new Promise((resolve) => this.waiting.set(event, resolve));
  }

  private tell(event: string): void {
    this.events.push(event);
    this.waiting.get(event)?.();
  }
}
