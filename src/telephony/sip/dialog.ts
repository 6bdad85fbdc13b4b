import { SipHeaders } from './sip-headers.js';
import { parseCSeq, type SipMessage, type SipRequest, type SipResponse } from './sip-message.js';
import { parseNameAddress } from './sip-uri.js';

function tagOf(field: string | undefined): string {
  return parseNameAddress(field ?? '')?.params.get('tag') ?? '';
}

function contactOf(message: SipMessage): string | undefined {
  return parseNameAddress(message.headers.list('contact')[0] ?? '')?.uri;
}

interface DialogState {
  callId: string;
  /** From and To of the requests that we send, with their tags. */
  local: string;
  remote: string;
  remoteTarget: string;
  routes: string[];
  localSequence: number;
  remoteSequence: number;
}

/** What two ends of a call know of each other (RFC 3261 section 12). */
export class Dialog {
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag: string;
  private constructor(private readonly state: DialogState) {
    this.callId = state.callId;
    this.localTag = tagOf(state.local);
    this.remoteTag = tagOf(state.remote);
  }

  /** As the caller, from a response that has a tag; null where the peer left out what a dialog needs. */
  static ofCaller(request: SipRequest, response: SipResponse): Dialog | null {
    const { headers } = response;
    const remoteTarget = contactOf(response);
    const remote = headers.get('to') ?? '';
    if (remoteTarget === undefined || tagOf(remote) === '') return null;
    const sequence = parseCSeq(request.headers.get('cseq') ?? '')?.number ?? 1;
    return new Dialog({
      callId: request.headers.get('call-id') ?? '',
      local: request.headers.get('from') ?? '',
      remote,
      remoteTarget,
      routes: headers.list('record-route').reverse(),
      localSequence: sequence,
      remoteSequence: -1,
    });
  }

  /** As the one who is called; null where the request has no Contact. */
  static ofCallee(request: SipRequest, localTag: string): Dialog | null {
    const { headers } = request;
    const remoteTarget = contactOf(request);
    if (remoteTarget === undefined) return null;
    return new Dialog({
      callId: headers.get('call-id') ?? '',
      local: `${headers.get('to') ?? ''};tag=${localTag}`,
      remote: headers.get('from') ?? '',
      remoteTarget,
      routes: headers.list('record-route'),
      localSequence: 0,
      remoteSequence: parseCSeq(headers.get('cseq') ?? '')?.number ?? 0,
    });
  }

  /** Names the dialog in a table; the same for each request that comes in it. */
  get key(): string {
    return dialogKey(this.callId, this.localTag, this.remoteTag);
  }

  /** The URI that a request goes to first. Every proxy is taken as a loose router (RFC 3261 section 16.12). */
  get nextUri(): string {
    const [route] = this.state.routes;
    return route === undefined ? this.state.remoteTarget : (parseNameAddress(route)?.uri ?? this.state.remoteTarget);
  }

  /** A new request within the dialog (RFC 3261 section 12.2.1.1). */
  request(method: string, fields: Record<string, string | number> = {}): SipRequest {
    this.state.localSequence += 1;
    return this.build(method, this.state.localSequence, fields);
  }

  /** The ACK of a 2xx to an INVITE with this sequence number (RFC 3261 section 13.2.2.4). */
  acknowledgement(sequence: number): SipRequest {
    return this.build('ACK', sequence, {});
  }

  /** Takes a request's sequence number; false where it is older than the last (RFC 3261 section 12.2.2). */
  take(request: SipRequest): boolean {
    const sequence = parseCSeq(request.headers.get('cseq') ?? '')?.number ?? -1;
    if (sequence <= this.state.remoteSequence) return false;
    this.state.remoteSequence = sequence;
    return true;
  }

  /** A re-INVITE, an UPDATE or their answers may move the far end. */
  refreshTarget(message: SipMessage): void {
    this.state.remoteTarget = contactOf(message) ?? this.state.remoteTarget;
  }

  private build(method: string, sequence: number, fields: Record<string, string | number>): SipRequest {
    const { callId, local, remote, remoteTarget, routes } = this.state;
    const headers = new SipHeaders({
      route: routes,
      'max-forwards': 70,
      from: local,
      to: remote,
      'call-id': callId,
      cseq: `${sequence} ${method}`,
      ...fields,
    });
    return { kind: 'request', method, uri: remoteTarget, headers, body: Buffer.alloc(0) };
  }
}

export function dialogKey(callId: string, localTag: string, remoteTag: string): string {
  return `${callId} ${localTag} ${remoteTag}`;
}

/** The dialog that a request says it belongs to; null for one outside of all dialogs. */
export function dialogKeyOf({ headers }: SipRequest): string | null {
  const localTag = tagOf(headers.get('to'));
  return localTag === '' ? null : dialogKey(headers.get('call-id') ?? '', localTag, tagOf(headers.get('from')));
}
