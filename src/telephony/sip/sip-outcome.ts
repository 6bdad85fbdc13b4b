import type { LineEnd, LineEndReason } from '../phone-line.js';
import type { SessionEnd } from './session-listener.js';

/** Statuses that say more than their class does (RFC 3261 section 21, RFC 3398 section 7.2 for those of the telephone network). */
const REASONS: Partial<Record<number, LineEndReason>> = {
  404: 'invalid-number',
  408: 'no-answer',
  410: 'invalid-number',
  480: 'no-answer',
  484: 'invalid-number',
  485: 'invalid-number',
  486: 'busy',
  487: 'no-answer',
  600: 'busy',
  603: 'declined',
  604: 'invalid-number',
  607: 'declined',
  608: 'declined',
};

function reasonOf({ reason, status }: SessionEnd): LineEndReason {
  if (reason === 'refused' && status !== null)
    return REASONS[status] ?? (status >= 500 && status < 600 ? 'carrier-unavailable' : 'carrier-refused');
  if (reason === 'timeout' || reason === 'unreachable' || reason === 'refused') return 'carrier-unavailable';
  return reason === 'no-media' || reason === 'lost' ? 'media-lost' : reason;
}

/** What the end of a SIP call means to a conversation. */
export function lineEndOf(end: SessionEnd): LineEnd {
  return { reason: reasonOf(end), carrierCode: end.status };
}
