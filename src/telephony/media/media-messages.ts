import type { RemoteMedia } from './media-format.js';

/** What the signalling tells the thread of the sound. `stream` numbers the calls of a process. */
export type MediaOrder =
  | { type: 'open'; stream: number }
  | { type: 'agree'; stream: number; remote: RemoteMedia }
  | { type: 'play'; stream: number; samples: Int16Array }
  /** Drops what waits; counts of the report begin at 0 again in the new epoch. */
  | { type: 'clear'; stream: number; epoch: number }
  | { type: 'press'; stream: number; digits: string }
  | { type: 'close'; stream: number }
  | { type: 'stop' };

/** What one stream did in 20 ms. */
export interface StreamReport {
  stream: number;
  /** Sound from the far end; null while there is none. */
  frame: Int16Array | null;
  epoch: number;
  /** Samples of this epoch that were sent. */
  sent: number;
  /** Samples of all epochs that the person heard, as well as we know. */
  heard: number;
}

export type MediaNews =
  | { type: 'opened'; stream: number; port: number }
  | { type: 'no-port'; stream: number }
  /** `late` counts the ticks that came more than 20 ms after their time. */
  | { type: 'tick'; reports: StreamReport[]; late: number }
  | { type: 'digit'; stream: number; digit: string }
  /** Nothing came from the far end for too long. */
  | { type: 'lost'; stream: number };

/** What the thread is started with. */
export interface MediaThreadData {
  address: string;
  ports: { first: number; last: number };
}
