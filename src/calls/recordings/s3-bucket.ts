import { Readable } from 'node:stream';
import type { AwsV4Signer as Signer } from 'aws4fetch';
import { MINUTE_MS, SECOND_MS } from '../../common/clock.js';
import type { BucketPlace } from './recordings-url.js';

const TIMEOUT_MS = 30 * SECOND_MS;
/** Enough for an hour of sound over a slow connection. */
const UPLOAD_TIMEOUT_MS = 30 * MINUTE_MS;
const NOT_FOUND = 404;
/** Maximum length that is read of an error response. */
const MAX_ERROR_CHARACTERS = 2048;

interface S3Request {
  method: 'GET' | 'HEAD' | 'PUT' | 'DELETE';
  headers?: Record<string, string>;
  body?: ReadableStream<Uint8Array>;
  timeoutMs?: number;
}

/** Objects of one bucket of any S3-compatible store. Requests are signed (Signature Version 4); the secret is never sent. */
export class S3Bucket {
  private signer?: Promise<typeof Signer>;

  constructor(
    private readonly place: BucketPlace,
    private readonly keys: { accessKeyId: string; secretAccessKey: string },
  ) {}

  /** Writes an object as a whole: nobody ever sees a part of it. */
  async put(name: string, bytes: number, sound: Readable): Promise<void> {
    // S3 rejects an upload without a length (411).
    const headers = { 'content-length': String(bytes), 'content-type': 'audio/wav' };
    const body = Readable.toWeb(sound) as ReadableStream<Uint8Array>;
    await this.ask(name, { method: 'PUT', headers, body, timeoutMs: UPLOAD_TIMEOUT_MS });
  }

  /** Returns the size of an object, in bytes; null where there is none. */
  async sizeOf(name: string): Promise<number | null> {
    const answer = await this.ask(name, { method: 'HEAD' });
    return answer && Number(answer.headers.get('content-length'));
  }

  /** Bytes from the first to the last one, both included. */
  async get(name: string, first: number, last: number): Promise<Readable> {
    const headers = { range: `bytes=${first}-${last}` };
    const answer = await this.ask(name, { method: 'GET', headers, timeoutMs: UPLOAD_TIMEOUT_MS });
    if (!answer?.body) throw new Error('The store has lost the recording');
    return Readable.fromWeb(answer.body);
  }

  async delete(name: string): Promise<void> {
    const answer = await this.ask(name, { method: 'DELETE' });
    await answer?.body?.cancel();
  }

  /** Returns null for 404; throws for any other failure. */
  private async ask(name: string, { body, timeoutMs = TIMEOUT_MS, ...request }: S3Request): Promise<Response | null> {
    const { url, headers } = await this.sign(name, request);
    const signal = AbortSignal.timeout(timeoutMs);
    const init = {
      ...request,
      headers,
      body,
      signal,
      redirect: 'manual' as const,
      ...(body && { duplex: 'half' as const }),
    };
    const answer = await fetch(url, init);
    if (answer.ok) return answer;
    const text = request.method === 'HEAD' ? '' : (await answer.text()).slice(0, MAX_ERROR_CHARACTERS);
    const code = /<Code>(\w+)<\/Code>/.exec(text)?.[1];
    if (answer.status === NOT_FOUND && code !== 'NoSuchBucket') return null;
    throw new Error(`The store of recordings answered ${answer.status} ${code ?? ''}`.trim());
  }

  private async sign(name: string, { method, headers }: S3Request) {
    const { bucket, prefix, endpoint, region } = this.place;
    const url = `${endpoint}/${bucket}/${prefix}${name}`;
    // Loaded when the first recording is kept.
    this.signer ??= import('aws4fetch').then(({ AwsV4Signer }) => AwsV4Signer);
    const AwsV4Signer = await this.signer;
    return new AwsV4Signer({ ...this.keys, method, url, headers, region, service: 's3' }).sign();
  }
}
