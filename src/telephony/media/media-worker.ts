import { parentPort, workerData } from 'node:worker_threads';
import { FRAME_MS } from '../../common/sound.js';
import type { MediaNews, MediaOrder, MediaThreadData } from './media-messages.js';
import { MediaStream } from './media-stream.js';
import { RtpPorts, type RtpSockets } from './rtp-ports.js';

/** The thread in which the sound of all calls is sent and taken: neither the database nor a language model makes a frame late. */
const { address, ports } = workerData as MediaThreadData;
const pool = new RtpPorts(address, ports.first, ports.last);
const streams = new Map<number, { media: MediaStream; sockets: RtpSockets }>();
let ticking: NodeJS.Timeout | undefined;
let due = 0;

function tell(news: MediaNews, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(news, transfer);
}

async function open(stream: number): Promise<void> {
  const sockets = await pool.take();
  if (!sockets) return tell({ type: 'no-port', stream });
  const listener = {
    digit: (digit: string) => tell({ type: 'digit', stream, digit }),
    lost: () => tell({ type: 'lost', stream }),
  };
  streams.set(stream, { media: new MediaStream(stream, sockets, listener), sockets });
  tell({ type: 'opened', stream, port: sockets.port });
  if (ticking) return;
  due = performance.now() + FRAME_MS;
  ticking = setInterval(tick, FRAME_MS / 4);
}

function close(stream: number): void {
  const open = streams.get(stream);
  if (!open) return;
  streams.delete(stream);
  open.media.close();
  pool.giveBack(open.sockets);
  if (streams.size > 0) return;
  clearInterval(ticking);
  ticking = undefined;
}

/** Ticks by an absolute clock: a late one is made up for, so that the pace is right on average. */
function tick(): void {
  const now = performance.now();
  let late = 0;
  while (due <= now) {
    if (now - due > FRAME_MS) late += streams.size;
    due += FRAME_MS;
    const reports = [...streams.values()].map(({ media }) => media.tick(now));
    const frames = reports.flatMap(({ frame }) => (frame ? [frame.buffer as ArrayBuffer] : []));
    tell({ type: 'tick', reports, late }, frames);
  }
}

parentPort?.on('message', (order: MediaOrder) => {
  if (order.type === 'open') return void open(order.stream);
  if (order.type === 'close') return close(order.stream);
  if (order.type === 'stop') {
    for (const stream of [...streams.keys()]) close(stream);
    return parentPort?.close();
  }
  const media = streams.get(order.stream)?.media;
  if (order.type === 'agree') media?.agree(order.remote, performance.now());
  if (order.type === 'play') media?.play(order.samples);
  if (order.type === 'clear') media?.clear(order.epoch);
  if (order.type === 'press') media?.press(order.digits);
});
