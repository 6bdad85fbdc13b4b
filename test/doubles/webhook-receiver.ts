import { createServer, IncomingHttpHeaders, ServerResponse } from 'node:http';
import { AddressInfo, Socket } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { until } from '../support/until.js';

/** A webhook as it arrived. */
export interface Hook {
  path: string;
  headers: IncomingHttpHeaders & Record<string, string>;
  text: string;
  body: any;
}

/** Whoever webhooks are delivered to: a real server on the loopback address that keeps what arrives, and answers as a test says. */
export class WebhookReceiver {
  readonly hooks: Hook[] = [];
  /** Answers a webhook; nothing is answered where this does nothing. */
  answer: (response: ServerResponse, hook: Hook) => void = accept;
  /** Connections so far. */
  connections = 0;
  private readonly sockets = new Set<Socket>();
  private readonly server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      const { url: path = '', headers } = request;
      const hook = { path, headers: headers as Hook['headers'], text, body: JSON.parse(text) };
      this.hooks.push(hook);
      this.answer(response, hook);
    });
  }).on('connection', (socket: Socket) => {
    this.connections += 1;
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket)).on('error', () => undefined);
  });
  private port = 0;

  /** Opens at the same port as before, if it was open before. */
  async open(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(this.port, '127.0.0.1', resolve));
    ({ port: this.port } = this.server.address() as AddressInfo);
  }

  async close(): Promise<void> {
    if (!this.server.listening) return;
    const closed = new Promise((resolve) => this.server.close(resolve));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  url(path = '/calls', host = '127.0.0.1'): string {
    return `http://${host}:${this.port}${path}`;
  }

  /** The webhooks of one call, in the order in which they arrived. */
  of(callId: string): Hook[] {
    return this.hooks.filter(({ body }) => body.call_id === callId);
  }

  /** Those of one call, as soon as there are so many. */
  untilSome(callId: string, count: number): Promise<Hook[]> {
    return until(() => this.of(callId).length >= count && this.of(callId));
  }
}

/** Takes a webhook, as receivers do. */
export function accept(response: ServerResponse): void {
  response.writeHead(204).end();
}

/** Returns what a receiver reads who verifies by the reference library; throws where it refuses. */
export function verified({ text, headers }: Hook, secret: string): any {
  return new Webhook(secret).verify(text, headers);
}

/** The signature that the reference library makes for this webhook, at the moment that it names. */
export function signatureOf({ text, headers }: Hook, secret: string): string {
  return new Webhook(secret).sign(headers['webhook-id'], new Date(Number(headers['webhook-timestamp']) * 1000), text);
}
