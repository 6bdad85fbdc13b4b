import { isPublicAddress } from '../../config/addresses.js';
import type { Dialog } from './dialog.js';
import type { DigestClient } from './digest.js';
import { lookUpHop } from './hop-lookup.js';
import type { SipEndpoint } from './sip-endpoint.js';
import { parseCSeq, type SipRequest, type SipResponse } from './sip-message.js';
import { type Hop, hopKey } from './transport/hop.js';

/** A body and fields that only this request has. */
export interface RequestParts {
  fields?: Record<string, string | number>;
  body?: Buffer;
}

/** What a request came to: its final response, or why there is none. */
export type Outcome = SipResponse | 'timeout' | 'unreachable';

/** Sends the requests of one dialog, answers challenges, and finds the way to the far end. */
export class DialogRequests {
  private way?: Promise<Hop>;

  constructor(
    private readonly endpoint: SipEndpoint,
    private readonly dialog: Dialog,
    /** The way that the dialog was made over. */
    private readonly hop: Hop,
    private readonly digest: DigestClient | null,
  ) {}

  /** Sends a request; never rejects. */
  async send(method: string, parts: RequestParts = {}): Promise<Outcome> {
    const request = this.build(method, parts);
    const hop = await this.nextHop();
    let outcome = await this.exchange(request, hop);
    if (outcome === 'unreachable' && hopKey(hop) !== hopKey(this.hop)) {
      this.way = Promise.resolve(this.hop);
      outcome = await this.exchange(this.build(method, parts), this.hop);
    }
    if (typeof outcome === 'string' || (outcome.status !== 401 && outcome.status !== 407)) return outcome;
    const again = this.build(method, parts);
    if (!this.digest?.answer(again, outcome)) return outcome;
    return this.exchange(again, await this.nextHop());
  }

  /** Acknowledges the 2xx of an INVITE that has this sequence number; each time that it comes. */
  acknowledger(sequence: number): () => void {
    const ack = this.dialog.acknowledgement(sequence);
    return () => void this.nextHop().then((hop) => this.endpoint.acknowledge(ack, hop));
  }

  private build(method: string, { fields, body }: RequestParts): SipRequest {
    const request = this.dialog.request(method, fields);
    if (body) request.body = body;
    return request;
  }

  private exchange(request: SipRequest, hop: Hop): Promise<Outcome> {
    return new Promise((resolve) => {
      let acknowledge: (() => void) | undefined;
      this.endpoint.request(request, hop, {
        response: (response) => {
          if (response.status < 200) return;
          if (request.method === 'INVITE' && response.status < 300) {
            acknowledge ??= this.acknowledger(parseCSeq(request.headers.get('cseq') ?? '')?.number ?? 0);
            acknowledge();
          }
          resolve(response);
        },
        failed: resolve,
      });
    });
  }

  /** Where requests go; the way that the dialog came over where its URI cannot be reached from here. */
  private nextHop(): Promise<Hop> {
    this.way ??= lookUpHop(this.dialog.nextUri).then(
      (hop) => (isPublicAddress(this.hop.address) && !isPublicAddress(hop.address) ? this.hop : hop),
      () => this.hop,
    );
    return this.way;
  }
}
