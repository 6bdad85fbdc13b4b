import { createHash, randomBytes } from 'node:crypto';
import { splitOutsideQuotes } from './sip-headers.js';
import type { SipRequest, SipResponse } from './sip-message.js';
import { parseParams, type SipParams } from './sip-uri.js';

export interface SipCredentials {
  user: string;
  password: string;
}

/** Algorithms that we know, the better first (RFC 8760 section 2.3). */
const HASHES = new Map([
  ['sha-256', 'sha256'],
  ['md5', 'md5'],
]);

interface Challenge {
  params: SipParams;
  hash: string;
  isProxy: boolean;
}

function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&')}"`;
}

/** The best challenge of a 401 or 407 that we can meet; null where there is none. */
function bestChallenge({ status, headers }: SipResponse): Challenge | null {
  const isProxy = status === 407;
  const challenges = headers.all(isProxy ? 'proxy-authenticate' : 'www-authenticate').flatMap((value) => {
    const match = /^digest\s+(.*)$/is.exec(value);
    const params = parseParams(match ? splitOutsideQuotes(match[1], ',') : []);
    const algorithm = (params.get('algorithm') ?? 'md5').toLowerCase();
    const hash = HASHES.get(algorithm);
    const isKnownQop = params.get('qop') === undefined || (params.get('qop') ?? '').split(/\s*,\s*/).includes('auth');
    return hash && isKnownQop && params.get('nonce') ? [{ params, hash, isProxy }] : [];
  });
  const order = [...HASHES.values()];
  return challenges.sort((one, other) => order.indexOf(one.hash) - order.indexOf(other.hash)).at(0) ?? null;
}

/** Answers the challenges of one server (RFC 3261 section 22.4, RFC 8760). Basic is never answered. */
export class DigestClient {
  private nonce = '';
  private count = 0;

  constructor(private readonly credentials: SipCredentials) {}

  /**
   * Adds the answer to a request that is sent again; false where there is none to give: the challenge is of no kind that we know, or
   * refuses an answer that was given to a fresh one.
   */
  answer(request: SipRequest, response: SipResponse): boolean {
    const challenge = bestChallenge(response);
    if (!challenge) return false;
    const field = challenge.isProxy ? 'proxy-authorization' : 'authorization';
    const isStale = challenge.params.get('stale')?.toLowerCase() === 'true';
    if (request.headers.get(field) !== undefined && !isStale) return false;
    request.headers.set(field, this.write(challenge, request));
    return true;
  }

  private write({ params, hash }: Challenge, request: SipRequest): string {
    const digest = (text: string) => createHash(hash).update(text).digest('hex');
    const { user, password } = this.credentials;
    const nonce = params.get('nonce') ?? '';
    const realm = params.get('realm') ?? '';
    this.count = nonce === this.nonce ? this.count + 1 : 1;
    this.nonce = nonce;
    const count = this.count.toString(16).padStart(8, '0');
    const clientNonce = randomBytes(12).toString('hex');
    const secret = digest(`${user}:${realm}:${password}`);
    const subject = digest(`${request.method}:${request.uri}`);
    const hasQop = params.has('qop');
    const proof = digest(
      hasQop ? `${secret}:${nonce}:${count}:${clientNonce}:auth:${subject}` : `${secret}:${nonce}:${subject}`,
    );
    const fields = [
      `username=${quoted(user)}`,
      `realm=${quoted(realm)}`,
      `nonce=${quoted(nonce)}`,
      `uri=${quoted(request.uri)}`,
      `response="${proof}"`,
      `algorithm=${hash === 'md5' ? 'MD5' : 'SHA-256'}`,
    ];
    if (hasQop) fields.push('qop=auth', `nc=${count}`, `cnonce="${clientNonce}"`);
    if (params.has('opaque')) fields.push(`opaque=${quoted(params.get('opaque') ?? '')}`);
    return `Digest ${fields.join(', ')}`;
  }
}
