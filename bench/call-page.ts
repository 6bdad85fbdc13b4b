import { once } from 'node:events';
import { WebSocket } from 'ws';
import { FRAME_MS, FRAME_SAMPLES } from '../src/common/sound.js';
import { type CallTimes, LoadCall } from './load-call.js';

const HEADER_BYTES = 4;
/** A page reports what it played once in so many frames of its microphones. */
const REPORT_FRAMES = 5;

/** An open page of the browser phone that takes its part of the calls, and speaks in all of them. */
export class CallPage {
  readonly calls = new Map<number, LoadCall>();
  /** Calls that ended before anybody hung up. */
  lost = 0;
  private readonly ringing: number[] = [];
  private isHangingUp = false;
  private isClosing = false;
  private sentFrames = 0;
  private startedAt = performance.now();

  private constructor(
    private readonly socket: WebSocket,
    private readonly times: CallTimes,
    private readonly isMine: (call: number) => boolean,
  ) {
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (isBinary) this.calls.get(data.readUInt32LE(0))?.sound(data.readUInt32LE(4), (data.length - 8) / 2);
      else this.hear(JSON.parse(data.toString()) as { type: string; call: number; epoch: number });
    });
  }

  static async open(url: string, times: CallTimes, isMine: (call: number) => boolean): Promise<CallPage> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/dev/phone/socket`, { origin: url });
    const page = new CallPage(socket, times, isMine);
    await once(socket, 'open');
    socket.on('close', (code) => {
      if (page.isClosing) return;
      process.stderr.write(`A page was closed with ${code}\n`);
      page.lost += page.calls.size;
    });
    return page;
  }

  get waiting(): number {
    return this.ringing.length;
  }

  acceptNext(): void {
    const call = this.ringing.shift();
    if (call === undefined) return;
    this.calls.set(call, new LoadCall(call, this.times, (message) => this.say(message)));
    this.say({ type: 'accept', call });
  }

  /** Speaks with all microphones until the returned function is called. */
  speak(): () => void {
    this.startedAt = performance.now();
    const timer = setInterval(() => this.sendDue(), FRAME_MS / 2);
    return () => clearInterval(timer);
  }

  hangUp(): void {
    this.isHangingUp = true;
    for (const call of this.calls.keys()) this.say({ type: 'hang-up', call });
  }

  close(): void {
    this.isClosing = true;
    this.socket.close(1001);
  }

  private hear({ type, call, epoch }: { type: string; call: number; epoch: number }): void {
    if (type === 'ring' && this.isMine(call)) this.ringing.push(call);
    if (type === 'clear') this.calls.get(call)?.cleared(epoch);
    const ended = type === 'ended' ? this.calls.get(call) : undefined;
    if (!ended) return;
    ended.isOver = true;
    if (!this.isHangingUp) this.lost += 1;
  }

  private sendDue(): void {
    for (; this.startedAt + this.sentFrames * FRAME_MS <= performance.now(); this.sentFrames += 1) {
      for (const call of this.calls.values()) {
        if (call.isOver) continue;
        this.sendFrame(call.number, call.nextFrame());
        if ((this.sentFrames + call.number) % REPORT_FRAMES === 0) call.report();
      }
    }
  }

  private sendFrame(call: number, samples: Int16Array): void {
    const message = Buffer.alloc(HEADER_BYTES + 2 * FRAME_SAMPLES);
    message.writeUInt32LE(call, 0);
    Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength).copy(message, HEADER_BYTES);
    this.socket.send(message);
  }

  private say(message: object): void {
    this.socket.send(JSON.stringify(message));
  }
}
