import type { RawData, WebSocket } from 'ws';
import { SECOND_MS } from '../../common/clock.js';
import { type SpokenLine } from '../phone-line.js';
import { type PageMessage, readPageMessage, soundMessage } from './page-message.js';
import { Rate } from '../rate.js';

/** What is told to a page. */
export type PageNews =
  | { type: 'ring'; call: number; from: string; to: string }
  | { type: 'answered'; call: number }
  | { type: 'clear'; call: number; epoch: number }
  | { type: 'digits'; call: number; digits: string }
  | ({ type: 'transcript'; call: number } & SpokenLine)
  | { type: 'recording'; call: number; path: string }
  | { type: 'ended'; call: number; reason: string };

/** Eight calls with a microphone and their reports need 480. */
const MESSAGES_PER_SECOND = 600;
/** What comes at once after this process was held up for four seconds. */
const MAX_BURST = 4 * MESSAGES_PER_SECOND;
/** Bytes that may wait for a page that does not read: the sound of eight calls for four seconds. */
const MAX_UNREAD_BYTES = 1024 * 1024;
const PING_INTERVAL_MS = 15 * SECOND_MS;
const CLOSE_TIMEOUT_MS = SECOND_MS;
/** Close codes of RFC 6455, section 7.4.1. */
const GOING_AWAY = 1001;
const NORMAL = 1000;
const POLICY_VIOLATION = 1008;

/** One open tab of the browser phone. */
export class PhonePage {
  private readonly rate = new Rate(MESSAGES_PER_SECOND, MAX_BURST);
  private readonly pinging: NodeJS.Timeout;
  private isAlive = true;

  /** `left` is told once whether the person closed the page, or the connection was lost. */
  constructor(
    private readonly socket: WebSocket,
    received: (message: PageMessage) => void,
    left: (isOnPurpose: boolean) => void,
  ) {
    socket.on('message', (data: RawData, isBinary) => this.read(data as Buffer, isBinary, received));
    socket.on('pong', () => (this.isAlive = true));
    socket.on('close', (code) => {
      clearInterval(this.pinging);
      left(code === GOING_AWAY || code === NORMAL);
    });
    this.pinging = setInterval(() => this.ping(), PING_INTERVAL_MS).unref();
  }

  tell(news: PageNews): void {
    this.send(JSON.stringify(news));
  }

  sendSound(call: number, epoch: number, samples: Int16Array): void {
    this.send(soundMessage(call, epoch, samples));
  }

  /** Closes the page's connection, whether or not the page takes part in that. */
  close(): void {
    this.socket.close(GOING_AWAY, 'The service stops.');
    setTimeout(() => this.socket.terminate(), CLOSE_TIMEOUT_MS).unref();
  }

  private send(data: string | Buffer): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    if (this.socket.bufferedAmount > MAX_UNREAD_BYTES) return this.socket.terminate();
    this.socket.send(data);
  }

  private read(data: Buffer, isBinary: boolean, received: (message: PageMessage) => void): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    if (!this.rate.take()) return this.refuse('Too many messages.');
    const message = readPageMessage(data, isBinary);
    if (message === null) return this.refuse('This is no message of the browser phone.');
    received(message);
  }

  private refuse(why: string): void {
    this.socket.close(POLICY_VIOLATION, why);
  }

  private ping(): void {
    if (!this.isAlive) return this.socket.terminate();
    this.isAlive = false;
    this.socket.ping();
  }
}
