import { resolve } from 'node:path';
import { Satisfies, Whole } from '../../config/rules.js';
import { ModuleSettings } from '../../config/settings.js';

const FOLDER = /^file:(?!\/\/[^/])(?:\/\/(?=\/))?(.+)$/;

/** Recordings. Calls are recorded where their agent’s `settings.recording` says so. */
export class RecordingsSettings extends ModuleSettings {
  /** Where recordings are kept: `file:` and the path of a folder, which all instances share. */
  @Satisfies((value: string) => FOLDER.test(value), 'file:PATH')
  RECORDINGS_URL: string = 'file:data/recordings';

  /** How long a link to a recording works, hours. */
  @Whole(1, 24 * 365)
  RECORDING_URL_HOURS: number = 24;

  /** How long recordings are kept, days; with their calls at the longest. */
  @Whole(1, 3650)
  RECORDING_RETENTION_DAYS: number = 30;

  /** Absolute path of the folder. */
  get folder(): string {
    return resolve(FOLDER.exec(this.RECORDINGS_URL)?.[1] ?? '');
  }
}
