import { createServer, IncomingMessage, ServerResponse } from 'node:http';
import { AddressInfo } from 'node:net';
import type { Fault } from './faults.js';

export const AUDIO_KEY = 'sk-another-key-that-nobody-may-see';

/** A sound of the twin at a rate: 40 ms for each character, a tone of 440 Hz. */
export function toneFor(text: string, rate: number): Int16Array {
  const samples = new Int16Array((text.length * rate) / 25);
  return samples.map((_, i) => 8000 * Math.sin((2 * Math.PI * 440 * i) / rate));
}

/** Stands in for a server with OpenAI's `/v1/audio/speech` and `/v1/audio/transcriptions`. */
export class AudioApiTwin {
  misbehave?: Fault;
  /** Fields of each request that came; of a file its bytes. */
  readonly requests: Record<string, any>[] = [];
  /** What is understood of any sound. */
  words = 'Good morning.';
  cutConnections = 0;
  private readonly server = createServer((request, response) => void this.answer(request, response));

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`;
  }

  open(): Promise<void> {
    return new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  close(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const fields = await this.fieldsOf(request, Buffer.concat(parts));
    this.requests.push(fields);
    response.on('close', () => (this.cutConnections += response.writableFinished ? 0 : 1));
    if (this.misbehave) return this.misbehave(response);
    if (request.headers.authorization !== `Bearer ${AUDIO_KEY}`) {
      return this.send(response, 401, { error: { message: 'Incorrect API key', code: 'invalid_api_key' } });
    }
    if (request.url === '/v1/audio/transcriptions') return this.send(response, 200, { text: this.words });
    if (request.url !== '/v1/audio/speech') return this.send(response, 404, { error: { message: 'Not found' } });
    const sound = Buffer.from(toneFor(fields.input as string, 24_000).buffer);
    response.writeHead(200, { 'content-type': 'audio/pcm' });
    // In pieces that halve samples, as networks do.
    for (let at = 0; at < sound.length; at += 1001) response.write(sound.subarray(at, at + 1001));
    response.end();
  }

  private async fieldsOf({ headers }: IncomingMessage, body: Buffer): Promise<Record<string, any>> {
    const type = headers['content-type'] ?? '';
    if (!type.startsWith('multipart/form-data')) return JSON.parse(body.toString());
    const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
    const fields: Record<string, any> = {};
    for (const [name, value] of form) {
      fields[name] = typeof value === 'string' ? value : Buffer.from(await value.arrayBuffer());
    }
    return fields;
  }

  private send(response: ServerResponse, status: number, body: object): void {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }
}
