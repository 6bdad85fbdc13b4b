import { ACTIVE_STATUSES, CALL_STATUSES, isFinal, mayBecome } from '../../src/calls/call-status.js';

/** Every step that a call may take. */
const STEPS = [
  'queued initiated, queued failed, queued canceled',
  'initiated ringing, initiated in-progress, initiated busy, initiated no-answer, initiated failed, initiated canceled',
  'ringing in-progress, ringing busy, ringing no-answer, ringing failed, ringing canceled',
  'in-progress completed, in-progress voicemail, in-progress silence, in-progress failed',
].flatMap((line) => line.split(', '));

describe('The status of a call', () => {
  it.each(CALL_STATUSES.flatMap((from) => CALL_STATUSES.map((to) => [from, to] as const)))(
    'goes from %s to %s only if the documented steps allow it',
    (from, to) => {
      expect(mayBecome(from, to)).toBe(STEPS.includes(`${from} ${to}`));
    },
  );

  it('is final exactly when no step leads on from it', () => {
    const final = ['completed', 'voicemail', 'silence', 'busy', 'no-answer', 'failed', 'canceled'];
    expect(CALL_STATUSES.filter(isFinal)).toEqual(final);
    expect(CALL_STATUSES.filter((status) => !isFinal(status))).toEqual(['queued', ...ACTIVE_STATUSES]);
  });
});
