import { type SoundCoder, soundCoder } from './audio-format.js';
import { FarAddress } from './far-address.js';
import { JitterBuffer } from './jitter-buffer.js';
import type { RemoteMedia } from './media-format.js';
import type { StreamReport } from './media-messages.js';
import { OutgoingFrames } from './outgoing-frames.js';
import { readRtp, type RtpPacket } from './rtp-packet.js';
import type { RtpSockets } from './rtp-ports.js';
import { RtpSender } from './rtp-sender.js';
import { SrtpStream } from './srtp.js';
import { readTelephoneEvent } from './telephone-events.js';

/** A far end that talks and is not heard for so long is gone, in milliseconds. */
const LOST_AFTER_MS = 20_000;
/** More packets in 20 ms than any far end has a use for. */
const MAX_PACKETS_PER_TICK = 25;

export interface StreamListener {
  digit(digit: string): void;
  lost(): void;
}

/** The sound of one call: what comes in by RTP, and what goes out. */
export class MediaStream {
  private readonly outgoing = new OutgoingFrames();
  private remote?: RemoteMedia;
  private far?: FarAddress;
  private sender?: RtpSender;
  private jitter?: JitterBuffer;
  private srtp?: SrtpStream;
  private source?: number;
  private lastEvent?: number;
  private packetsInTick = 0;
  private heardAt = 0;
  private isLost = false;

  constructor(
    private readonly stream: number,
    private readonly sockets: RtpSockets,
    private readonly listener: StreamListener,
  ) {
    for (const socket of [sockets.rtp, sockets.rtcp]) socket.on('error', () => undefined);
    sockets.rtp.on('message', (bytes, from) => this.receive(bytes, from));
  }

  /** Both sides agreed, for the first time or anew. */
  agree(remote: RemoteMedia, now: number): void {
    const before = this.remote;
    this.remote = remote;
    if (this.far) this.far.move(remote);
    else this.far = new FarAddress(remote);
    const isSame =
      before?.codec === remote.codec &&
      before.payloadType === remote.payloadType &&
      before.eventPayloadType === remote.eventPayloadType &&
      before.srtp === null &&
      remote.srtp === null;
    if (!before?.talks) this.heardAt = now;
    if (isSame) return;
    this.sender = new RtpSender(this.sockets, remote);
    this.jitter = new JitterBuffer(soundCoder(remote.codec));
    this.srtp = remote.srtp ? new SrtpStream(remote.srtp.remote) : undefined;
  }

  play(samples: Int16Array): void {
    this.outgoing.add(samples);
  }

  clear(epoch: number): void {
    this.outgoing.clear(epoch);
  }

  press(digits: string): void {
    this.sender?.press(digits);
  }

  /** 20 ms have passed. */
  tick(now: number): StreamReport {
    this.packetsInTick = 0;
    if (this.remote?.listens && this.sender && this.far) {
      const frame = this.sender.isPressing ? null : this.outgoing.take();
      this.sender.send(frame, this.far.place);
    }
    if (this.remote?.talks && !this.isLost && now - this.heardAt > LOST_AFTER_MS) {
      this.isLost = true;
      this.listener.lost();
    }
    const { epoch, sent, heard } = this.outgoing;
    return { stream: this.stream, frame: this.jitter?.take() ?? null, epoch, sent, heard };
  }

  close(): void {
    if (this.sender && this.far) this.sender.close(this.far.place);
  }

  private receive(bytes: Buffer, from: { address: string; port: number }): void {
    this.packetsInTick += 1;
    if (this.packetsInTick > MAX_PACKETS_PER_TICK || !this.far) return;
    const plain = this.srtp ? this.srtp.unprotect(bytes) : bytes;
    const packet = plain && readRtp(plain);
    const now = performance.now();
    if (!packet || !this.far.hears({ address: from.address, port: from.port }, packet, now)) return;
    this.heardAt = now;
    this.take(packet);
  }

  private take(packet: RtpPacket): void {
    const { remote } = this;
    if (!remote) return;
    if (packet.payloadType === remote.eventPayloadType) return this.takeEvent(packet);
    // Comfort noise (RFC 3389) and codecs that were not agreed on are as good as silence.
    if (packet.payloadType !== remote.payloadType) return;
    if (packet.source !== this.source) this.jitter = new JitterBuffer(this.coder(remote));
    this.source = packet.source;
    this.jitter?.add(packet);
  }

  /** All packets of an event have its first timestamp: the first of them counts. */
  private takeEvent({ timestamp, payload }: RtpPacket): void {
    if (timestamp === this.lastEvent) return;
    const digit = readTelephoneEvent(payload);
    if (digit === null) return;
    this.lastEvent = timestamp;
    this.listener.digit(digit);
  }

  private coder(remote: RemoteMedia): SoundCoder {
    return soundCoder(remote.codec);
  }
}
