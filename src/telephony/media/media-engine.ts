import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { RemoteMedia } from './media-format.js';
import type { MediaNews, MediaOrder, MediaThreadData, StreamReport } from './media-messages.js';

const WORKER = fileURLToPath(new URL('./media-worker.js', import.meta.url));

export interface MediaListener {
  frame(samples: Int16Array): void;
  digit(digit: string): void;
  /** The far end is not heard any more. */
  lost(): void;
}

/** The sound of one call, as the rest of the process sees it. */
export class MediaChannel {
  private epoch = 0;
  private queued = 0;
  private sent = 0;
  private heard = 0;

  constructor(
    readonly port: number,
    private readonly stream: number,
    private readonly listener: MediaListener,
    private readonly order: (order: MediaOrder) => void,
  ) {}

  get waitingSamples(): number {
    return this.queued - this.sent;
  }

  get playedSamples(): number {
    return this.heard;
  }

  agree(remote: RemoteMedia): void {
    this.order({ type: 'agree', stream: this.stream, remote });
  }

  play(samples: Int16Array): void {
    this.queued += samples.length;
    this.order({ type: 'play', stream: this.stream, samples });
  }

  clear(): void {
    this.epoch += 1;
    this.queued = 0;
    this.sent = 0;
    this.order({ type: 'clear', stream: this.stream, epoch: this.epoch });
  }

  press(digits: string): void {
    this.order({ type: 'press', stream: this.stream, digits });
  }

  close(): void {
    this.order({ type: 'close', stream: this.stream });
  }

  /** What the thread says. */
  take({ epoch, sent, heard, frame }: StreamReport): void {
    this.heard = heard;
    if (epoch === this.epoch) this.sent = sent;
    if (frame) this.listener.frame(frame);
  }

  digit(digit: string): void {
    this.listener.digit(digit);
  }

  lost(): void {
    this.listener.lost();
  }
}

/** Starts the thread of the sound with the first call, and gives each call its channel. */
export class MediaEngine {
  private worker?: Worker;
  private readonly channels = new Map<number, MediaChannel>();
  private readonly opening = new Map<number, (port: number | null) => void>();
  private lastStream = 0;
  /** Frames that were sent more than 20 ms after their time. */
  lateFrames = 0;
  /** All frames that were due. */
  frames = 0;

  constructor(private readonly data: MediaThreadData) {}

  get openChannels(): number {
    return this.channels.size;
  }

  /** Opens a channel; null when every port is taken. */
  async open(listener: MediaListener): Promise<MediaChannel | null> {
    this.worker ??= this.start();
    this.lastStream += 1;
    const stream = this.lastStream;
    const port = await new Promise<number | null>((resolve) => {
      this.opening.set(stream, resolve);
      this.order({ type: 'open', stream });
    });
    if (port === null) return null;
    const channel = new MediaChannel(port, stream, listener, (order) => {
      if (order.type === 'close') this.channels.delete(stream);
      this.order(order);
    });
    this.channels.set(stream, channel);
    return channel;
  }

  async close(): Promise<void> {
    const { worker } = this;
    if (!worker) return;
    const exit = once(worker, 'exit');
    this.order({ type: 'stop' });
    await exit;
  }

  private start(): Worker {
    const worker = new Worker(WORKER, { workerData: this.data });
    worker.on('message', (news: MediaNews) => this.receive(news));
    // `exit` follows, and tells all that matters.
    worker.on('error', () => undefined);
    worker.on('exit', () => this.lose());
    // Calls keep the process alive by their signalling.
    worker.unref();
    return worker;
  }

  /** The thread is gone: so is the sound of all calls. The next call starts another. */
  private lose(): void {
    this.worker = undefined;
    for (const opened of this.opening.values()) opened(null);
    this.opening.clear();
    for (const channel of this.channels.values()) channel.lost();
    this.channels.clear();
  }

  private order(order: MediaOrder): void {
    this.worker?.postMessage(order);
  }

  private receive(news: MediaNews): void {
    if (news.type === 'tick') {
      this.lateFrames += news.late;
      this.frames += news.reports.length;
      for (const report of news.reports) this.channels.get(report.stream)?.take(report);
      return;
    }
    if (news.type === 'digit') return this.channels.get(news.stream)?.digit(news.digit);
    if (news.type === 'lost') return this.channels.get(news.stream)?.lost();
    const opened = this.opening.get(news.stream);
    this.opening.delete(news.stream);
    opened?.(news.type === 'opened' ? news.port : null);
  }
}
