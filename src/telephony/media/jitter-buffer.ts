import { FRAME_SAMPLES, SAMPLE_RATE } from '../../common/sound.js';
import type { SoundCoder } from './audio-format.js';
import { type RtpPacket, sequenceDistance } from './rtp-packet.js';

const SAMPLES_PER_MS = SAMPLE_RATE / 1000;
/** Sound waits so long for packets that are late or out of order. */
const DELAY_SAMPLES = 60 * SAMPLES_PER_MS;
/** More waits only when the far end's clock is faster than ours, or after a burst. */
const MAX_SAMPLES = 200 * SAMPLES_PER_MS;
/** A stream that jumps further than this has begun anew. */
const MAX_JUMP = 100;
const MAX_PAYLOAD_SAMPLES = 200 * SAMPLES_PER_MS;
/** What is lost is filled with the last sound, quieter each time, and then with nothing (ITU-T G.711 appendix I does so too). */
const FADE = 0.5;
const MAX_FADES = 3;

/** Puts packets in order, waits for late ones, fills the gaps of lost ones, and gives out 20 ms at a time. */
export class JitterBuffer {
  private readonly packets = new Map<number, Buffer>();
  private ready: Int16Array = new Int16Array(0);
  private next?: number;
  private isWaiting = true;
  private lastFrame: Int16Array = new Int16Array(FRAME_SAMPLES);
  private fades = MAX_FADES;
  private packetSamples = FRAME_SAMPLES;
  /** Packets that never came. */
  lost = 0;

  constructor(private readonly coder: SoundCoder) {}

  add({ sequence, payload }: RtpPacket): void {
    if (payload.length === 0) return;
    this.next ??= sequence;
    const distance = sequenceDistance(this.next, sequence);
    if (Math.abs(distance) > MAX_JUMP) this.restart(sequence);
    // Before anything was played, the first that came need not be the first that was sent.
    else if (distance < 0 && this.isWaiting && this.ready.length === 0) this.next = sequence;
    else if (distance < 0) return;
    this.packets.set(sequence, payload);
  }

  /** The next 20 ms; null while there is nothing to hear. Called every 20 ms. */
  take(): Int16Array | null {
    if (this.isWaiting && !this.isFull()) return this.fade();
    this.isWaiting = false;
    while (this.ready.length < FRAME_SAMPLES) if (!this.decodeNext()) break;
    this.shorten();
    if (this.ready.length < FRAME_SAMPLES) {
      this.isWaiting = true;
      return this.fade();
    }
    const frame = this.ready.slice(0, FRAME_SAMPLES);
    this.ready = this.ready.subarray(FRAME_SAMPLES);
    // A copy: frames are handed over to another thread.
    this.lastFrame = frame.slice();
    this.fades = 0;
    return frame;
  }

  private isFull(): boolean {
    return this.ready.length + this.packets.size * this.packetSamples >= DELAY_SAMPLES;
  }

  /** Decodes the packet that is due, or fills in for it where later ones are here. Returns false when nothing is here. */
  private decodeNext(): boolean {
    if (this.packets.size === 0 || this.next === undefined) return false;
    const payload = this.packets.get(this.next);
    this.packets.delete(this.next);
    this.next = (this.next + 1) & 0xffff;
    if (!payload) {
      this.lost += 1;
      this.append(this.fade() ?? new Int16Array(this.packetSamples));
      return true;
    }
    const samples = this.coder.decode(payload).subarray(0, MAX_PAYLOAD_SAMPLES);
    this.packetSamples = samples.length;
    this.append(samples);
    return true;
  }

  private append(samples: Int16Array): void {
    const joined = new Int16Array(this.ready.length + samples.length);
    joined.set(this.ready);
    joined.set(samples, this.ready.length);
    this.ready = joined;
  }

  /** Drops the oldest sound when too much waits. */
  private shorten(): void {
    if (this.ready.length + this.packets.size * this.packetSamples <= MAX_SAMPLES) return;
    while (this.ready.length + this.packets.size * this.packetSamples > DELAY_SAMPLES && this.decodeNext()) {
      this.ready = this.ready.slice(-DELAY_SAMPLES);
    }
  }

  private fade(): Int16Array | null {
    if (this.fades >= MAX_FADES) return null;
    this.fades += 1;
    this.lastFrame = this.lastFrame.map((sample) => sample * FADE);
    return this.lastFrame.slice();
  }

  private restart(sequence: number): void {
    this.packets.clear();
    this.next = sequence;
    this.isWaiting = true;
  }
}
