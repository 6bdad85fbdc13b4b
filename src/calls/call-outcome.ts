import type { LineEnd, LineEndReason } from '../telephony/phone-line.js';
import type { CallStatus, EndedReason } from './call-status.js';

/** How a call ended. */
export interface CallOutcome {
  status: CallStatus;
  endedReason: EndedReason;
  carrierCode: number | null;
}

type Ending = [status: CallStatus, reason: EndedReason];

const BEFORE_ANSWER: Record<LineEndReason, Ending> = {
  'hung-up-here': ['canceled', 'canceled'],
  'hung-up-there': ['busy', 'declined'],
  busy: ['busy', 'busy'],
  'no-answer': ['no-answer', 'no-answer'],
  declined: ['busy', 'declined'],
  canceled: ['canceled', 'canceled'],
  'invalid-number': ['failed', 'invalid-number'],
  'carrier-refused': ['failed', 'carrier-refused'],
  'carrier-unavailable': ['failed', 'carrier-unavailable'],
  'media-lost': ['failed', 'media-lost'],
  transferred: ['canceled', 'transferred'],
};

/** Statuses of answered calls that the agent or a timer ended; the line then reports only that we hung up. */
const AFTER_ANSWER: Partial<Record<EndedReason, CallStatus>> = {
  silence: 'silence',
  voicemail: 'voicemail',
  'media-lost': 'failed',
  'speech-unavailable': 'failed',
  'language-model-unavailable': 'failed',
};

/** Reasons on our side that fail a ringing call. All others cancel it. */
const FAILS_BEFORE_ANSWER: EndedReason[] = ['instance-lost', 'speech-unavailable', 'language-model-unavailable'];

/** Returns the outcome of a call that the line ended. `decided` is why this side hung up; null when it did not. */
export function outcomeOf(end: LineEnd, isAnswered: boolean, decided: EndedReason | null): CallOutcome {
  const { carrierCode } = end;
  const isOurs = end.reason === 'hung-up-here' || end.reason === 'canceled';
  if (!isAnswered) {
    if (isOurs && decided === 'no-answer') return { status: 'no-answer', endedReason: decided, carrierCode };
    if (isOurs && decided && FAILS_BEFORE_ANSWER.includes(decided)) {
      return { status: 'failed', endedReason: decided, carrierCode };
    }
    const [status, endedReason] = BEFORE_ANSWER[end.reason];
    return { status, endedReason, carrierCode };
  }
  const endedReason = isOurs ? (decided ?? 'agent-hung-up') : reasonAfterAnswer(end.reason);
  return { status: AFTER_ANSWER[endedReason] ?? 'completed', endedReason, carrierCode };
}

function reasonAfterAnswer(reason: LineEndReason): EndedReason {
  return reason === 'transferred' || reason === 'media-lost' ? reason : 'person-hung-up';
}
