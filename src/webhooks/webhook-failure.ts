import { SECOND_MS } from '../common/clock.js';
import { WebhookTargetError } from './webhook-target.js';

/** Message of the error that ends a request which takes too long. */
export const TIMED_OUT = 'timed out';

/** Codes of Node.js and OpenSSL for a certificate or a handshake that is not in order. */
const TLS_CODE = /^(ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|HOSTNAME_|EPROTO)/;
const WORDS: Record<string, string> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was closed without an answer',
  EPIPE: 'the connection was closed without an answer',
  ETIMEDOUT: 'the host cannot be reached',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the host cannot be reached',
};

/** Returns why a request failed, for the webhook's owner. Messages of Node.js would reveal addresses. */
export function describeFailure(error: NodeJS.ErrnoException, timeoutMs: number): string {
  if (error instanceof WebhookTargetError) return `the URL ${error.message}`;
  if (error.message === TIMED_OUT) return `no answer within ${timeoutMs / SECOND_MS} s`;
  const code = error.code ?? 'unknown';
  if (TLS_CODE.test(code)) return `TLS failed (${code})`;
  if (code.startsWith('HPE_')) return `the answer is not HTTP (${code})`;
  return WORDS[code] ?? `the request failed (${code})`;
}
