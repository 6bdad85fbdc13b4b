import { errorTable } from '../../common/app-error.js';

/** What can go wrong with voices: code → status and message. */
export const VOICES_ERRORS = errorTable({
  VOICE_NOT_FOUND: [404, 'There is no such voice.'],
  VOICES_UNAVAILABLE: [503, 'The voices cannot be listed right now. Try again after the time in Retry-After.'],
});
