import { randomBytes, randomInt } from 'node:crypto';
import type { Socket } from 'node:dgram';
import { FRAME_SAMPLES } from '../../common/sound.js';
import { type SoundCoder, soundCoder } from './audio-format.js';
import type { Place } from './far-address.js';
import { CLOCK_RATES, type RemoteMedia } from './media-format.js';
import { senderReport } from './rtcp.js';
import { writeRtp } from './rtp-packet.js';
import { SrtpStream } from './srtp.js';
import { DigitSender } from './telephone-events.js';

const FRAMES_PER_SECOND = 50;
/** Of RTCP: every five seconds (RFC 3550 section 6.2). */
const REPORT_FRAMES = 5 * FRAMES_PER_SECOND;
const SILENCE = new Int16Array(FRAME_SAMPLES);

/** Our half of a stream: one packet every 20 ms, of sound, keys or silence. */
export class RtpSender {
  private readonly source = randomInt(2 ** 32);
  private readonly name = randomBytes(12).toString('hex');
  private readonly digits: DigitSender;
  private readonly coder: SoundCoder;
  private readonly srtp?: SrtpStream;
  private readonly step: number;
  private sequence = randomInt(2 ** 15);
  private timestamp = randomInt(2 ** 32);
  private packets = 0;
  private bytes = 0;
  private frames = 0;
  private wasQuiet = true;

  constructor(
    private readonly sockets: { rtp: Socket; rtcp: Socket },
    private readonly remote: RemoteMedia,
  ) {
    this.coder = soundCoder(remote.codec);
    this.digits = new DigitSender(remote.eventClockRate);
    this.step = CLOCK_RATES[remote.codec] / FRAMES_PER_SECOND;
    if (remote.srtp) this.srtp = new SrtpStream(remote.srtp.local);
  }

  get isPressing(): boolean {
    return this.digits.isBusy;
  }

  press(digits: string): void {
    if (this.remote.eventPayloadType !== null) this.digits.press(digits);
  }

  /** Sends what belongs to this tick. Keys go before sound, which waits for them. */
  send(frame: Int16Array | null, place: Place): void {
    const steps = this.digits.isBusy ? this.digits.step() : null;
    if (steps) for (const step of steps) this.sendEvent(step, place);
    else this.sendSound(frame, place);
    this.timestamp = (this.timestamp + this.step) >>> 0;
    this.frames += 1;
    if (this.frames % REPORT_FRAMES === 0) this.report(place, false);
  }

  /** Says goodbye by RTCP. */
  close(place: Place): void {
    this.report(place, true);
  }

  private sendSound(frame: Int16Array | null, place: Place): void {
    // Silence is sent too: it keeps the way through NATs open, and carriers hang up on a line without packets.
    const payload = this.coder.encode(frame ?? SILENCE);
    this.packet(payload, this.remote.payloadType, this.timestamp, frame !== null && this.wasQuiet, place);
    this.wasQuiet = frame === null;
  }

  private sendEvent(
    { payload, framesAgo, isFirst }: { payload: Buffer; framesAgo: number; isFirst: boolean },
    place: Place,
  ): void {
    const timestamp = (this.timestamp - framesAgo * this.step) >>> 0;
    this.packet(payload, this.remote.eventPayloadType ?? 0, timestamp, isFirst, place);
  }

  private packet(
    payload: Buffer,
    payloadType: number,
    timestamp: number,
    hasMarker: boolean,
    { address, port }: Place,
  ): void {
    this.sequence = (this.sequence + 1) & 0xffff;
    const plain = writeRtp({
      payloadType,
      hasMarker,
      sequence: this.sequence,
      timestamp,
      source: this.source,
      payload,
    });
    const bytes = this.srtp ? this.srtp.protect(plain) : plain;
    this.packets += 1;
    this.bytes += payload.length;
    // What the network does not take is lost, as on its way.
    this.sockets.rtp.send(bytes, port, address, () => undefined);
  }

  private report({ address, port }: Place, isLast: boolean): void {
    // SRTCP is left out: without its keys nobody may be sent reports in clear.
    if (this.srtp || port >= 65_535) return;
    const { source, timestamp, packets, bytes } = this;
    const report = senderReport({ source, timestamp, packets, bytes, now: Date.now() }, this.name, isLast);
    this.sockets.rtcp.send(report, port + 1, address, () => undefined);
  }
}
