import { type RtpPacket, sequenceDistance } from './rtp-packet.js';

/** Packets in a row that a new address must send before it is believed (RFC 3550 appendix A.1). */
const PROBATION_PACKETS = 3;
/** The address that is believed is given up after so long a silence, in milliseconds. */
const SILENCE_MS = 1000;

export interface Place {
  address: string;
  port: number;
}

/**
 * Where the far end really sends from, which behind a NAT is not where it said (symmetric RTP, RFC 4961). A stranger who sends packets
 * to our port does not take a call over: as long as the address that is believed goes on sending, no other is heard.
 */
export class FarAddress {
  private believed: Place | null = null;
  private heardAt = -Infinity;
  private candidate?: Place & { source: number; sequence: number; count: number };

  constructor(private told: Place) {}

  /** Where to send. */
  get place(): Place {
    return this.believed ?? this.told;
  }

  /** The signalling named another place. */
  move(told: Place): void {
    if (told.address === this.told.address && told.port === this.told.port) return;
    this.told = told;
    this.believed = null;
    this.heardAt = -Infinity;
  }

  /** Returns true when a packet is the far end's. `now` in milliseconds. */
  hears(from: Place, packet: RtpPacket, now: number): boolean {
    if (this.isAt(this.place, from)) {
      this.believed = from;
      this.heardAt = now;
      return true;
    }
    if (now - this.heardAt < SILENCE_MS || !this.passes(from, packet)) return false;
    this.believed = from;
    this.heardAt = now;
    return true;
  }

  private passes(from: Place, { source, sequence }: RtpPacket): boolean {
    const { candidate } = this;
    const isNext =
      candidate !== undefined &&
      this.isAt(candidate, from) &&
      candidate.source === source &&
      sequenceDistance(candidate.sequence, sequence) === 1;
    this.candidate = { ...from, source, sequence, count: isNext ? candidate.count + 1 : 1 };
    return this.candidate.count >= PROBATION_PACKETS;
  }

  private isAt(one: Place, other: Place): boolean {
    return one.address === other.address && one.port === other.port;
  }
}
