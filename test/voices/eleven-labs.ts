import { createServer, IncomingMessage, Server, ServerResponse } from 'node:http';
import { AddressInfo } from 'node:net';
import { toneFor } from '../doubles/audio-api-twin.js';

export const API_KEY = 'sk_a-key-that-nobody-may-see';

/** A voice as ElevenLabs' API lists it, with the fields that matter here and some that do not. */
export function theirVoice(voice_id: string, more: object = {}): object {
  return {
    voice_id,
    name: 'Rachel',
    category: 'premade',
    fine_tuning: { state: {}, language: 'en' },
    labels: {
      accent: 'American',
      description: 'expressive',
      age: 'middle-aged',
      gender: 'female',
      use_case: 'social media',
    },
    description: null,
    preview_url: `https://audio.example.test/${voice_id}.mp3`,
    settings: null,
    is_legacy: false,
    ...more,
  };
}

/** Stands in for ElevenLabs: answers `GET /v2/voices` and `POST /v1/text-to-speech/:voice/stream` as its documentation says, or as badly as a test wants. */
export class FakeElevenLabs {
  /** All voices of the account, in pages of as many as are asked for. */
  voices: object[] = [];
  /** Every request that came: its target. */
  readonly requests: string[] = [];
  /** What was to be spoken: the bodies. */
  readonly spoken: { text: string; model_id: string }[] = [];
  /** Takes the place of the decent answer. */
  misbehave?: (response: ServerResponse) => void;
  private readonly server: Server = createServer((request, response) => this.answer(request, response));

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  open(): Promise<void> {
    return new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  close(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    this.requests.push(request.url ?? '');
    if (this.misbehave) return this.misbehave(response);
    const { pathname, searchParams } = new URL(request.url ?? '', this.url);
    if (/^\/v1\/text-to-speech\/\w+\/stream$/.test(pathname)) return void this.speak(request, response, searchParams);
    if (pathname !== '/v2/voices') return this.send(response, 404, { detail: 'Not Found' });
    if (request.headers['xi-api-key'] !== API_KEY) {
      return this.send(response, 401, { detail: { status: 'invalid_api_key', message: 'Invalid API key' } });
    }
    const size = Math.min(Number(searchParams.get('page_size') ?? 10), 100);
    const start = Number(searchParams.get('next_page_token') ?? 0);
    const has_more = start + size < this.voices.length;
    const next_page_token = has_more ? String(start + size) : null;
    const voices = this.voices.slice(start, start + size);
    this.send(response, 200, { voices, has_more, total_count: 0, next_page_token });
  }

  private async speak(request: IncomingMessage, response: ServerResponse, query: URLSearchParams): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const asked = JSON.parse(Buffer.concat(parts).toString());
    this.spoken.push(asked);
    if (request.headers['xi-api-key'] !== API_KEY) {
      return this.send(response, 401, { detail: { status: 'invalid_api_key', message: 'Invalid API key' } });
    }
    if (query.get('output_format') !== 'pcm_16000') return this.send(response, 422, { detail: [] });
    response.writeHead(200, { 'content-type': 'audio/pcm' }).end(Buffer.from(toneFor(asked.text, 16_000).buffer));
  }

  private send(response: ServerResponse, status: number, body: object): void {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }
}
