import { once } from 'node:events';
import { createServer, IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

export const DEEPGRAM_KEY = 'dg-key-that-nobody-may-see';

/** Stands in for Deepgram's live transcription, `wss /v1/listen`. */
export class DeepgramTwin {
  /** Refuses the upgrade with this status. */
  refusal?: { status: number; headers?: Record<string, string> };
  /** Takes connections and never answers. */
  hangs = false;
  /** What it does in place of understanding a message. */
  misbehave?: (socket: WebSocket) => void;
  /** Words that come with the next Finalize. */
  words = '';
  readonly connections: { socket: WebSocket; query: URLSearchParams; texts: string[]; bytes: number }[] = [];
  /** Every try to connect. */
  tries = 0;
  private readonly held: Socket[] = [];
  private readonly http = createServer();
  private readonly sockets = new WebSocketServer({ noServer: true });

  constructor() {
    this.http.on('upgrade', (request, socket, head) => this.upgrade(request, socket as Socket, head));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.http.address() as AddressInfo).port}`;
  }

  get last(): DeepgramTwin['connections'][number] {
    return this.connections.at(-1)!;
  }

  async open(): Promise<void> {
    this.http.listen(0, '127.0.0.1');
    await once(this.http, 'listening');
  }

  async close(): Promise<void> {
    for (const { socket } of this.connections) socket.terminate();
    for (const socket of this.held) socket.destroy();
    this.http.closeAllConnections();
    await new Promise((resolve) => this.http.close(resolve));
  }

  /** What it heard, on the last connection. */
  hear(transcript: string, more: { is_final?: boolean; speech_final?: boolean; from_finalize?: boolean } = {}): void {
    const alternatives = [{ transcript, confidence: 0.9, words: [] }];
    const times = { channel_index: [0, 1], start: 0, duration: 1, is_final: false, speech_final: false };
    this.tell({ type: 'Results', ...times, channel: { alternatives }, metadata: { request_id: 'r' }, ...more });
  }

  tell(message: object): void {
    this.last.socket.send(JSON.stringify(message));
  }

  private upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    this.tries += 1;
    if (this.hangs) return void this.held.push(socket);
    const { pathname, searchParams } = new URL(request.url ?? '', this.url);
    const isKnown = /^token dg-key-that-nobody-may-see$/i.test(request.headers.authorization ?? '');
    const refusal = this.refusal ?? (isKnown ? undefined : { status: 401 });
    if (refusal || pathname !== '/v1/listen') {
      const headers = Object.entries({ 'dg-error': 'My secret is 7.', ...refusal?.headers });
      const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
      return void socket.end(`HTTP/1.1 ${refusal?.status ?? 404} Refused\r\n${lines}content-length: 0\r\n\r\n`);
    }
    this.sockets.handleUpgrade(request, socket, head, (opened) => this.serve(opened, searchParams));
  }

  private serve(socket: WebSocket, query: URLSearchParams): void {
    const connection = { socket, query, texts: [] as string[], bytes: 0 };
    this.connections.push(connection);
    socket.on('error', () => undefined);
    socket.on('message', (data: Buffer, isBinary) => {
      if (this.misbehave) return this.misbehave(socket);
      if (isBinary) return void (connection.bytes += data.length);
      const { type } = JSON.parse(data.toString()) as { type: string };
      connection.texts.push(type);
      if (type === 'Finalize') this.hear(this.words, { is_final: true, from_finalize: true });
      if (type !== 'CloseStream') return;
      this.tell({ type: 'Metadata', request_id: 'r', duration: connection.bytes / 32_000, channels: 1 });
      socket.close(1000);
    });
  }
}
