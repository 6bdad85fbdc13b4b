import { WebSocket } from 'ws';
import { ProviderError } from '../../common/provider-error.js';
import { refusalOf } from '../../common/refusal.js';
import { Timers } from '../../common/timers.js';

const HANDSHAKE_MS = 5000;
const MAX_MESSAGE_BYTES = 256 * 1024;
/** Limit of unsent sound: ten seconds. */
const MAX_WAITING_BYTES = 320_000;
/** Longest wait for the last words after we close the stream. */
const GOODBYE_MS = 2000;

/** The fields of Deepgram's messages that are used. */
export interface DeepgramMessage {
  type?: unknown;
  is_final?: unknown;
  from_finalize?: unknown;
  channel?: { alternatives?: { transcript?: unknown }[] };
}

export interface DeepgramAddress {
  url: string;
  apiKey: string;
  timers: Timers;
}

export interface DeepgramListener {
  message(message: DeepgramMessage): void;
  /** The connection ended other than by `close()`. Called at most once. */
  failed(error: ProviderError): void;
}

/** What a close means that is not ours. Codes by Deepgram's documentation: 1008 for data it cannot decode, 1011 for no data or its own fault. */
function errorOfClose(code: number): ProviderError {
  if (code === 1008) return new ProviderError('refused', 'it closed with 1008');
  return new ProviderError(code === 1011 ? 'unavailable' : 'cut-off', `it closed with ${code}`);
}

function errorOfStatus(status: number, retryAfter: string | undefined): ProviderError {
  return refusalOf({ status, headers: new Headers(retryAfter === undefined ? {} : { 'retry-after': retryAfter }) });
}

/** One connection to Deepgram's live transcription. Sound that comes before it is open is kept until then. */
export class DeepgramConnection {
  private readonly socket: WebSocket;
  private waiting: (Buffer | string)[] = [];
  private waitingBytes = 0;
  private isOver = false;

  private readonly stopWaiting: () => void;

  constructor(
    { url, apiKey, timers }: DeepgramAddress,
    private readonly listener: DeepgramListener,
  ) {
    this.stopWaiting = timers.after(HANDSHAKE_MS, () => this.fail(new ProviderError('late', 'it does not answer')));
    this.socket = new WebSocket(url, {
      headers: { authorization: `Token ${apiKey}` },
      maxPayload: MAX_MESSAGE_BYTES,
      // A redirect must not receive the key.
      followRedirects: false,
      perMessageDeflate: false,
    });
    this.socket.on('open', () => this.opened());
    this.socket.on('message', (data: Buffer, isBinary) => this.read(data, isBinary));
    this.socket.on('unexpected-response', (request, response) => {
      request.destroy();
      this.fail(errorOfStatus(response.statusCode ?? 0, response.headers['retry-after']));
    });
    this.socket.on('error', () => this.fail(new ProviderError('unavailable', 'it cannot be reached')));
    this.socket.on('close', (code) => this.fail(errorOfClose(code)));
  }

  sound(samples: Int16Array): void {
    this.send(Buffer.from(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength)));
  }

  tell(type: 'KeepAlive' | 'Finalize'): void {
    this.send(JSON.stringify({ type }));
  }

  close(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.stopWaiting();
    this.waiting = [];
    if (this.socket.readyState !== WebSocket.OPEN) return this.socket.terminate();
    this.socket.send(JSON.stringify({ type: 'CloseStream' }));
    this.socket.close(1000);
    setTimeout(() => this.socket.terminate(), GOODBYE_MS).unref();
  }

  private send(data: Buffer | string): void {
    if (this.isOver) return;
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(data);
    else {
      this.waiting.push(data);
      this.waitingBytes += data.length;
    }
    if (this.waitingBytes + this.socket.bufferedAmount <= MAX_WAITING_BYTES) return;
    this.fail(new ProviderError('late', 'it takes the sound too slowly'));
  }

  private opened(): void {
    this.stopWaiting();
    if (this.isOver) return;
    for (const data of this.waiting.splice(0)) this.socket.send(data);
    this.waitingBytes = 0;
  }

  private read(data: Buffer, isBinary: boolean): void {
    if (this.isOver) return;
    let message: unknown = null;
    try {
      message = isBinary ? null : JSON.parse(data.toString());
    } catch {
      // The parser's error would quote the message.
    }
    if (typeof message !== 'object' || message === null) {
      return this.fail(new ProviderError('nonsense', 'a message of it is no JSON'));
    }
    this.listener.message(message);
  }

  private fail(error: ProviderError): void {
    if (this.isOver) return;
    this.isOver = true;
    this.stopWaiting();
    this.waiting = [];
    this.socket.terminate();
    this.listener.failed(error);
  }
}
