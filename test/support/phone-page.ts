import { once } from 'node:events';
import { WebSocket } from 'ws';
import { TestApp } from './start-app.js';

const FRAME_SAMPLES = 320;
export const SAMPLES_PER_MS = 16;

/** Sound as it came to a page. */
export interface SoundFrame {
  call: number;
  epoch: number;
  samples: Int16Array;
  /** Milliseconds of a clock that only runs forwards. */
  at: number;
}

/** One open page of the browser phone, without the browser. */
export class PhonePage {
  /** All that was told to the page, in its order. */
  readonly told: Record<string, any>[] = [];
  readonly sound: SoundFrame[] = [];
  /** Code and reason, once the connection is closed. */
  readonly closed: Promise<{ code: number; reason: string }>;
  private readonly watchers = new Set<() => void>();

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (isBinary) this.sound.push(frameOf(data));
      else this.told.push(JSON.parse(data.toString()));
      for (const look of [...this.watchers]) look();
    });
    socket.on('error', () => undefined);
    this.closed = once(socket, 'close').then(([code, reason]) => ({ code, reason: String(reason) }));
  }

  static async open(service: Pick<TestApp, 'api'>, headers: Record<string, string> = {}): Promise<PhonePage> {
    const { url } = service.api;
    const socket = new WebSocket(`${url.replace('http', 'ws')}/dev/phone/socket`, { origin: url, headers });
    const page = new PhonePage(socket);
    await once(socket, 'open');
    return page;
  }

  say(message: object): void {
    this.socket.send(JSON.stringify(message));
  }

  /** Sends a frame of 20 ms, each sample with this value. */
  speak(call: number, value: number): void {
    const bytes = Buffer.alloc(4 + 2 * FRAME_SAMPLES);
    bytes.writeUInt32LE(call, 0);
    for (let i = 0; i < FRAME_SAMPLES; i += 1) bytes.writeInt16LE(value, 4 + 2 * i);
    this.socket.send(bytes);
  }

  /** Resolves when the condition holds after something came in. */
  until<T>(find: () => T | undefined | false): Promise<T> {
    return new Promise((resolve) => {
      const look = () => {
        const found = find();
        if (found === undefined || found === false) return;
        this.watchers.delete(look);
        resolve(found);
      };
      this.watchers.add(look);
      look();
    });
  }

  /** The first thing told with all these fields. */
  news(fields: Record<string, unknown>): Promise<Record<string, any>> {
    return this.until(() =>
      this.told.find((told) => Object.entries(fields).every(([name, value]) => told[name] === value)),
    );
  }

  /** Accepts the call that rings, or the one with this number to. */
  async accept(to?: string): Promise<number> {
    const { call } = await this.news({ type: 'ring', ...(to !== undefined && { to }) });
    this.say({ type: 'accept', call });
    await this.news({ type: 'answered', call });
    return call as number;
  }

  close(): void {
    this.socket.close(1001);
  }
}

function frameOf(data: Buffer): SoundFrame {
  const samples = new Int16Array(new Uint8Array(data.subarray(8)).buffer);
  return { call: data.readUInt32LE(0), epoch: data.readUInt32LE(4), samples, at: performance.now() };
}
