import { createServer, IncomingMessage, ServerResponse } from 'node:http';
import { AddressInfo } from 'node:net';

export const CHAT_KEY = 'sk-a-key-that-nobody-may-see';

/** One chunk of a stream of chat completions. */
export function chunk(delta: object, finish_reason: string | null = null): object {
  const choices = [{ index: 0, delta, finish_reason, logprobs: null }];
  return { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'twin', choices };
}

/** The chunks of an answer in words, with its end. */
export function answerOf(...words: string[]): object[] {
  return [...words.map((content) => chunk({ content })), chunk({}, 'stop')];
}

type Misbehaviour = (response: ServerResponse) => void;

/** Begins an answer as an event stream and sends what is given; the rest is the caller's. */
export function begin(response: ServerResponse, chunks: object[]): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const one of [chunk({ role: 'assistant', content: '' }), ...chunks])
    response.write(`data: ${JSON.stringify(one)}\n\n`);
}

/** Stands in for a server of OpenAI's chat completions, as its documentation says or as badly as a test wants. */
export class ChatTwin {
  chunks: object[] = answerOf('Hello', ' there.');
  misbehave?: Misbehaviour;
  readonly requests: any[] = [];
  /** Connections that were closed before their answer was complete. */
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
    this.requests.push(JSON.parse(Buffer.concat(parts).toString()));
    response.on('close', () => (this.cutConnections += response.writableFinished ? 0 : 1));
    if (this.misbehave) return this.misbehave(response);
    if (request.headers.authorization !== `Bearer ${CHAT_KEY}`) {
      response.writeHead(401, { 'content-type': 'application/json' });
      return void response.end(JSON.stringify({ error: { message: 'Incorrect API key', code: 'invalid_api_key' } }));
    }
    begin(response, this.chunks);
    response.end('data: [DONE]\n\n');
  }
}
