import { IsOptional } from 'class-validator';
import { Satisfies, Whole } from '../../config/rules.js';
import { ModuleSettings } from '../../config/settings.js';
import { type BucketPlace, type FolderPlace, placeOf } from './recordings-url.js';

/** Recordings. Calls are recorded where their agent’s `settings.recording` says so. */
export class RecordingsSettings extends ModuleSettings {
  /** Where recordings are kept: `file:` and the path of a folder, which all instances share; or `s3://BUCKET/PREFIX?endpoint=URL&region=NAME&folder=PATH`, see below. */
  @Satisfies((value: string) => placeOf(value) !== null, 'file:PATH or s3://BUCKET/PREFIX?endpoint=URL&region=NAME')
  RECORDINGS_URL: string = 'file:data/recordings';

  /** Key of an account that may read, write and delete objects of the bucket in RECORDINGS_URL. */
  @IsOptional()
  @Satisfies((value: string) => /^[\x21-\x7e]{1,256}$/.test(value), 'at most 256 visible characters')
  AWS_ACCESS_KEY_ID?: string;

  /** Its secret. */
  @IsOptional()
  @Satisfies((value: string) => /^[\x21-\x7e]{1,256}$/.test(value), 'at most 256 visible characters')
  AWS_SECRET_ACCESS_KEY?: string;

  /** How long a link to a recording works, hours. */
  @Whole(1, 24 * 365)
  RECORDING_URL_HOURS: number = 24;

  /** How long recordings are kept, days; with their calls at the longest. */
  @Whole(1, 3650)
  RECORDING_RETENTION_DAYS: number = 30;

  override faults(): string[] {
    if (!this.RECORDINGS_URL.startsWith('s3:') || this.keys) return [];
    return ['AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must be set where RECORDINGS_URL is a bucket'];
  }

  get place(): FolderPlace | BucketPlace | null {
    return placeOf(this.RECORDINGS_URL);
  }

  get keys(): { accessKeyId: string; secretAccessKey: string } | undefined {
    const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = this;
    return accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : undefined;
  }
}
