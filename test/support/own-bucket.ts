import { mkdtemp, rm } from 'node:fs/promises';
import { createHash, createHmac } from 'node:crypto';
import { createServer, IncomingMessage, Server } from 'node:http';
import { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignatureV4 } from '@smithy/signature-v4';
import S3rver from 's3rver';

const BUCKET = 'calls';
const KEY = 'S3RVER';
const SECRET = 'the-secret-of-the-bucket';

/** The hash that Amazon's own signer asks for, by Node's. */
class Sha256 {
  private readonly hash;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret as string);
  }

  update(data: Uint8Array | string): void {
    this.hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.hash.digest();
  }

  reset(): void {
    // No object is used twice.
  }
}

const signer = new SignatureV4({
  service: 's3',
  region: 'us-east-1',
  credentials: { accessKeyId: KEY, secretAccessKey: SECRET },
  sha256: Sha256,
  uriEscapePath: false,
  applyChecksum: false,
});

/** Whether Amazon's own signer makes the same signature of the request. s3rver does not look at those of version 4. */
async function isSigned({ method = '', url = '', headers }: IncomingMessage): Promise<boolean> {
  const names = /SignedHeaders=([^,]+)/.exec(headers.authorization ?? '')?.[1].split(';') ?? [];
  const signed = Object.fromEntries(names.map((name) => [name, String(headers[name])]));
  const [, ...parts] = /^(\d{4})(\d\d)(\d\dT\d\d)(\d\d)(\d\dZ)$/.exec(String(headers['x-amz-date'])) ?? [];
  const signingDate = new Date(`${parts.slice(0, 3).join('-')}:${parts.slice(3).join(':')}`);
  const request = { method, protocol: 'http:', hostname: String(headers.host), path: url, headers: signed };
  const again = await signer.sign(request, { signingDate });
  return names.includes('host') && again.headers.authorization === headers.authorization;
}

/** An S3-compatible store in this process, with one bucket. */
export class OwnBucket {
  /** What a service needs to keep recordings there. */
  readonly settings: Record<string, string>;

  private constructor(
    private server: Server,
    private readonly directory: string,
    private readonly port: number,
  ) {
    this.settings = {
      RECORDINGS_URL: `s3://${BUCKET}/recordings?endpoint=http://127.0.0.1:${port}&folder=${directory}/uploads`,
      AWS_ACCESS_KEY_ID: KEY,
      AWS_SECRET_ACCESS_KEY: SECRET,
    };
  }

  static async open(): Promise<OwnBucket> {
    const directory = await mkdtemp(join(tmpdir(), 'bucket-'));
    const server = await serve(directory, 0);
    return new OwnBucket(server, directory, (server.address() as AddressInfo).port);
  }

  /** Folder of what the bucket has. */
  get objects(): string {
    return join(this.directory, BUCKET, 'recordings');
  }

  /** Folder of what is not uploaded yet. */
  get uploads(): string {
    return join(this.directory, 'uploads');
  }

  /** Nobody answers until `start`. */
  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  async start(): Promise<void> {
    this.server = await serve(this.directory, this.port);
  }

  async close(): Promise<void> {
    await this.stop();
    await rm(this.directory, { recursive: true });
  }
}

async function serve(directory: string, port: number): Promise<Server> {
  const store = new S3rver({ directory, silent: true, configureBuckets: [{ name: BUCKET, configs: [] }] });
  await store.configureBuckets();
  const answer = store.callback();
  const server = createServer((request, response) => {
    void isSigned(request).then((isRight) => {
      if (isRight) return answer(request, response);
      response.writeHead(403).end('<Error><Code>SignatureDoesNotMatch</Code></Error>');
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return server;
}
