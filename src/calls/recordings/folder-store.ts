import { createReadStream } from 'node:fs';
import { FileHandle, mkdir, open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileNameOf, type RecordingFile, RecordingStore, type StoredRecording } from './recording-store.js';
import { HEADER_BYTES, wavHeader } from './wav.js';

/** Only the service's user can read the files. */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}

async function writeAll(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

/** A WAV file that is playable after each piece: its header counts what was written before. */
class FolderFile implements RecordingFile {
  private soundBytes = 0;

  constructor(private readonly file: FileHandle) {}

  async append(sound: Buffer): Promise<void> {
    await writeAll(this.file, sound, HEADER_BYTES + this.soundBytes);
    const soundBytes = this.soundBytes + sound.length;
    await writeAll(this.file, wavHeader(soundBytes), 0);
    this.soundBytes = soundBytes;
  }

  async close(): Promise<void> {
    try {
      await this.file.datasync();
    } finally {
      await this.file.close();
    }
  }
}

/** Recordings as files of one folder. Instances on several machines must share it. */
export class FolderStore extends RecordingStore {
  constructor(private readonly folder: string) {
    super();
  }

  async create(name: string): Promise<RecordingFile> {
    const path = this.pathOf(name);
    await mkdir(this.folder, { recursive: true, mode: FOLDER_MODE });
    // `wx` fails if a file or link exists.
    const file = await open(path, 'wx', FILE_MODE);
    return new FolderFile(file);
  }

  async open(name: string): Promise<StoredRecording | null> {
    const path = this.pathOf(name);
    try {
      const { size: bytes } = await stat(path);
      if (bytes <= HEADER_BYTES) return null;
      return { bytes, read: async (first, last) => createReadStream(path, { start: first, end: last }) };
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  async remove(name: string): Promise<void> {
    await rm(this.pathOf(name), { force: true });
  }

  async recover(name: string): Promise<boolean> {
    return (await this.open(name)) !== null;
  }

  private pathOf(name: string): string {
    return join(this.folder, fileNameOf(name));
  }
}
