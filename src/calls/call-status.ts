/** All statuses of a call. Those without a next one in STEPS are final. */
export const CALL_STATUSES = [
  'queued',
  'initiated',
  'ringing',
  'in-progress',
  'completed',
  'voicemail',
  'silence',
  'busy',
  'no-answer',
  'failed',
  'canceled',
] as const;
export type CallStatus = (typeof CALL_STATUSES)[number];

const NOT_ANSWERED = ['busy', 'no-answer', 'failed', 'canceled'] as const;

/** The statuses that may follow each status. Some lines do not learn that the far end rings, so an answer may come before it. */
const STEPS: Record<CallStatus, readonly CallStatus[]> = {
  queued: ['initiated', 'failed', 'canceled'],
  initiated: ['ringing', 'in-progress', ...NOT_ANSWERED],
  ringing: ['in-progress', ...NOT_ANSWERED],
  // It fails after the answer only when its instance dies or nobody can speak for the agent.
  'in-progress': ['completed', 'voicemail', 'silence', 'failed'],
  completed: [],
  voicemail: [],
  silence: [],
  busy: [],
  'no-answer': [],
  failed: [],
  canceled: [],
};

/** Statuses of calls that an instance works on: each takes one of the slots of its project. */
export const ACTIVE_STATUSES: CallStatus[] = ['initiated', 'ringing', 'in-progress'];

/** Returns true when the status may change from one to the other. */
export function mayBecome(from: CallStatus, to: CallStatus): boolean {
  return STEPS[from].includes(to);
}

/** Returns true when the call is over. */
export function isFinal(status: CallStatus): boolean {
  return STEPS[status].length === 0;
}

/** Why a call ended, more exactly than its status says. */
export const ENDED_REASONS = [
  'person-hung-up',
  'agent-hung-up',
  'transferred',
  'silence',
  'voicemail',
  'max-duration',
  'ended-by-request',
  'busy',
  'no-answer',
  'declined',
  'invalid-number',
  'carrier-refused',
  'carrier-unavailable',
  'media-lost',
  'speech-unavailable',
  'language-model-unavailable',
  'canceled',
  'suppressed',
  'expired',
  'instance-lost',
] as const;
export type EndedReason = (typeof ENDED_REASONS)[number];
