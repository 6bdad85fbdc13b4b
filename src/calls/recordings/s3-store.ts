import { FolderStore } from './folder-store.js';
import { fileNameOf, type RecordingFile, RecordingStore, type StoredRecording } from './recording-store.js';
import { S3Bucket } from './s3-bucket.js';

/**
 * Recordings as objects of a bucket. While a call goes on its recording is a file of this machine, so that neither a crash of this process
 * nor an outage of the store loses it; when the call is over it is uploaded, and the file goes.
 */
export class S3Store extends RecordingStore {
  constructor(
    private readonly bucket: S3Bucket,
    private readonly uploads: FolderStore,
  ) {
    super();
  }

  async create(name: string): Promise<RecordingFile> {
    const file = await this.uploads.create(name);
    const close = async () => {
      await file.close();
      await this.upload(name);
    };
    return { append: (sound) => file.append(sound), close };
  }

  async open(name: string): Promise<StoredRecording | null> {
    const file = fileNameOf(name);
    const bytes = await this.bucket.sizeOf(file);
    return bytes === null ? null : { bytes, read: (first, last) => this.bucket.get(file, first, last) };
  }

  async remove(name: string): Promise<void> {
    await this.bucket.delete(fileNameOf(name));
    await this.uploads.remove(name);
  }

  async recover(name: string): Promise<boolean> {
    return (await this.upload(name)) || (await this.open(name)) !== null;
  }

  /** False where this machine has nothing of it. */
  private async upload(name: string): Promise<boolean> {
    const file = await this.uploads.open(name);
    if (!file) return false;
    await this.bucket.put(fileNameOf(name), file.bytes, await file.read(0, file.bytes - 1));
    await this.uploads.remove(name);
    return true;
  }
}
