import type { Timers } from '../../common/timers.js';
import { DigestClient } from './digest.js';
import { randomToken, type SipEndpoint } from './sip-endpoint.js';
import { SipHeaders } from './sip-headers.js';
import type { SipRequest, SipResponse } from './sip-message.js';
import { parseNameAddress } from './sip-uri.js';
import { type TrunkAccount, trunkUri } from './trunk-account.js';
import type { Hop } from './transport/hop.js';

const EXPIRES_SECONDS = 600;
const MIN_EXPIRES_SECONDS = 30;
const RETRY_SECONDS = 30;
const MAX_TRIES = 4;

/** Keeps us registered at a trunk, so that it finds us (RFC 3261 section 10.2). */
export class Registration {
  isRegistered = false;
  private readonly callId = randomToken();
  private readonly tag = randomToken();
  private readonly digest: DigestClient | null;
  private sequence = 0;
  private expires = EXPIRES_SECONDS;
  private stopTimer?: () => void;
  private isStopped = false;

  constructor(
    private readonly endpoint: SipEndpoint,
    private readonly timers: Timers,
    private readonly trunk: TrunkAccount,
    private readonly contact: string,
    private readonly wayTo: () => Promise<Hop>,
    /** The state changed; `why` says what the trunk said. */
    private readonly changed: (isRegistered: boolean, why: string) => void,
  ) {
    this.digest = trunk.credentials ? new DigestClient(trunk.credentials) : null;
  }

  start(): void {
    void this.register();
  }

  /** Takes the registration back; resolves when the trunk has answered, or has had the time to. */
  async stop(): Promise<void> {
    this.isStopped = true;
    this.stopTimer?.();
    if (!this.isRegistered) return;
    this.isRegistered = false;
    this.expires = 0;
    await this.exchange();
  }

  private async register(): Promise<void> {
    const outcome = await this.exchange();
    if (this.isStopped) return;
    const isRegistered = typeof outcome !== 'string' && outcome.status < 300;
    if (isRegistered !== this.isRegistered) {
      this.changed(isRegistered, typeof outcome === 'string' ? outcome : `${outcome.status} ${outcome.reason}`);
    }
    this.isRegistered = isRegistered;
    const seconds = isRegistered ? this.granted(outcome) * 0.8 : RETRY_SECONDS;
    this.stopTimer = this.timers.after(seconds * 1000, () => void this.register());
  }

  /** Sends REGISTER, again with credentials or a longer time where the trunk asks for them. */
  private async exchange(): Promise<SipResponse | string> {
    let request = this.build();
    let outcome: SipResponse | string = 'unreachable';
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      outcome = await this.send(request);
      if (typeof outcome === 'string') return outcome;
      const again = this.build();
      const authorization = request.headers.get('authorization');
      if (outcome.status === 423)
        this.expires = Math.min(Number(outcome.headers.get('min-expires') ?? 0) || EXPIRES_SECONDS, 86_400);
      else if (outcome.status !== 401 && outcome.status !== 407) return outcome;
      else {
        if (authorization !== undefined) again.headers.set('authorization', authorization);
        if (!this.digest?.answer(again, outcome)) return outcome;
      }
      again.headers.set('expires', this.expires);
      request = again;
    }
    return outcome;
  }

  private async send(request: SipRequest): Promise<SipResponse | string> {
    try {
      const hop = await this.wayTo();
      return await new Promise((resolve) =>
        this.endpoint.request(request, hop, {
          response: (response) => void (response.status >= 200 && resolve(response)),
          failed: resolve,
        }),
      );
    } catch {
      return 'unreachable';
    }
  }

  private build(): SipRequest {
    this.sequence += 1;
    const address = trunkUri(this.trunk, encodeURIComponent(this.trunk.credentials?.user ?? 'talkstack'));
    const headers = new SipHeaders({
      'max-forwards': 70,
      from: `<${address}>;tag=${this.tag}`,
      to: `<${address}>`,
      'call-id': this.callId,
      cseq: `${this.sequence} REGISTER`,
      contact: this.contact,
      expires: this.expires,
    });
    return { kind: 'request', method: 'REGISTER', uri: trunkUri(this.trunk), headers, body: Buffer.alloc(0) };
  }

  /** For how long we are registered: by our own contact's parameter, else by the field. */
  private granted({ headers }: SipResponse): number {
    const own = headers
      .list('contact')
      .map(parseNameAddress)
      .find((contact) => contact !== null && this.contact.includes(contact.uri));
    const seconds = Number(own?.params.get('expires') ?? headers.get('expires') ?? EXPIRES_SECONDS);
    return Number.isFinite(seconds) ? Math.max(MIN_EXPIRES_SECONDS, Math.min(seconds, 86_400)) : EXPIRES_SECONDS;
  }
}
