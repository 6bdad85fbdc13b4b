const HEADER_BYTES = 12;
const VERSION_BITS = 0x80;

/** A packet of RTP (RFC 3550 section 5.1). */
export interface RtpPacket {
  payloadType: number;
  hasMarker: boolean;
  sequence: number;
  timestamp: number;
  source: number;
  payload: Buffer;
}

/** Length of a packet's header with its lists and extension; null where it is no RTP. */
export function rtpHeaderLength(bytes: Buffer): number | null {
  if (bytes.length < HEADER_BYTES || (bytes[0] & 0xc0) !== VERSION_BITS) return null;
  let length = HEADER_BYTES + 4 * (bytes[0] & 0x0f);
  if (bytes[0] & 0x10) {
    if (bytes.length < length + 4) return null;
    length += 4 + 4 * bytes.readUInt16BE(length + 2);
  }
  return length <= bytes.length ? length : null;
}

/** Reads a packet; null for anything else, RTCP among it (RFC 5761 section 4). */
export function readRtp(bytes: Buffer): RtpPacket | null {
  const start = rtpHeaderLength(bytes);
  if (start === null || (bytes[1] >= 192 && bytes[1] <= 223)) return null;
  const padding = bytes[0] & 0x20 ? bytes[bytes.length - 1] : 0;
  if (start + padding > bytes.length || (bytes[0] & 0x20 && padding === 0)) return null;
  return {
    payloadType: bytes[1] & 0x7f,
    hasMarker: (bytes[1] & 0x80) !== 0,
    sequence: bytes.readUInt16BE(2),
    timestamp: bytes.readUInt32BE(4),
    source: bytes.readUInt32BE(8),
    payload: bytes.subarray(start, bytes.length - padding),
  };
}

export function writeRtp({ payloadType, hasMarker, sequence, timestamp, source, payload }: RtpPacket): Buffer {
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + payload.length);
  bytes[0] = VERSION_BITS;
  bytes[1] = (hasMarker ? 0x80 : 0) | payloadType;
  bytes.writeUInt16BE(sequence, 2);
  bytes.writeUInt32BE(timestamp, 4);
  bytes.writeUInt32BE(source, 8);
  payload.copy(bytes, HEADER_BYTES);
  return bytes;
}

/** How far a sequence number is after another, across the turn from 65,535 to 0; negative for one before. */
export function sequenceDistance(from: number, to: number): number {
  return ((to - from) << 16) >> 16;
}
