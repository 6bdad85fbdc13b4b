import type { Readable } from 'node:stream';

/** A recording that is being written. Calls follow one another. */
export interface RecordingFile {
  /** Adds sound (interleaved stereo, 16 bits). Resolves when a crash of this process does not lose it any more; rejects when the store takes no more. */
  append(sound: Buffer): Promise<void>;
  /** Resolves when all of it is where any instance can read it. When it rejects, `recover` may do that later. */
  close(): Promise<void>;
}

/** A recording that can be played. */
export interface StoredRecording {
  /** Size of the WAV file. */
  bytes: number;
  /** Bytes from the first to the last one, both included. */
  read(first: number, last: number): Promise<Readable>;
}

/** Where recordings are kept, as WAV files. Names are UUIDs; anything else is refused. */
export abstract class RecordingStore {
  abstract create(name: string): Promise<RecordingFile>;
  /** Null where there is none. */
  abstract open(name: string): Promise<StoredRecording | null>;
  /** One that is not there is as good as removed. */
  abstract remove(name: string): Promise<void>;
  /** Completes what an instance that died has begun, as far as it came; false where nothing of it is found. */
  abstract recover(name: string): Promise<boolean>;
}

const NAME = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The file of a recording. Throws for a name that could lead elsewhere. */
export function fileNameOf(name: string): string {
  if (!NAME.test(name)) throw new Error('A recording is named by a UUID.');
  return `${name}.wav`;
}
