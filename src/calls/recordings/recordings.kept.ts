import { IsNull, LessThan, Not } from 'typeorm';
import { daysBefore, MINUTE_MS, SECOND_MS } from '../../common/clock.js';
import { keeps } from '../../kept-data/keeps.js';
import { CallsSettings } from '../calls.settings.js';
import { Recording } from './recording.entity.js';
import { RecordingsService } from './recordings.service.js';
import { RecordingsSettings } from './recordings.settings.js';

/** How long after the longest call a recording may still be written. */
const CLOSING_MS = 10 * MINUTE_MS;

export const KEPT_RECORDINGS = keeps<Recording, [RecordingsService, CallsSettings, RecordingsSettings]>(
  (recordings, { CALL_MAX_SECONDS }, { RECORDING_RETENTION_DAYS }) => ({
    entity: Recording,
    exported: 'The calls are shown; their sound is behind links that expire.',
    outdated: (now) => [
      { callId: IsNull(), state: Not('writing') },
      // Whoever writes it removes it, unless that instance is dead.
      { callId: IsNull(), createdAt: LessThan(new Date(now.getTime() - CALL_MAX_SECONDS * SECOND_MS - CLOSING_MS)) },
      { createdAt: LessThan(daysBefore(now, RECORDING_RETENTION_DAYS)) },
    ],
    removeFile: ({ id }) => recordings.removeFile(id),
    // Until housekeeping has deleted the file.
    withAccount: 'stays',
    withProject: 'stays',
  }),
  [RecordingsService, CallsSettings, RecordingsSettings],
);
