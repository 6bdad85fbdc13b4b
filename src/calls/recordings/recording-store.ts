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
  /** Returns null when there is none. */
  abstract open(name: string): Promise<StoredRecording | null>;
  /** Succeeds when there is no such recording. */
  abstract remove(name: string): Promise<void>;
  /** Completes a recording whose instance died, up to its last written part. Returns false when nothing of it is found. */
  abstract recover(name: string): Promise<boolean>;
}

const NAME = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Returns a recording's file name. Throws when the name is not a UUID. */
export function fileNameOf(name: string): string {
  if (!NAME.test(name)) throw new Error('A recording is named by a UUID.');
  return `${name}.wav`;
}
