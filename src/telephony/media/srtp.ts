import { createCipheriv, createHmac, timingSafeEqual } from 'node:crypto';
import type { SrtpKey } from './media-format.js';
import { rtpHeaderLength, sequenceDistance } from './rtp-packet.js';

const TAG_BYTES = 10;
const KEY_BYTES = 16;
/** Labels of the keys that are derived (RFC 3711 section 4.3.1). */
const LABEL = { cipher: 0, auth: 1, salt: 2 };
const REPLAY_WINDOW = 64;

/** Key derivation by AES in counter mode (RFC 3711 section 4.3.3); the rate is 0, so once a stream. */
function derive(master: SrtpKey, label: number, length: number): Buffer {
  const counter = Buffer.alloc(16);
  Buffer.from(master.subarray(KEY_BYTES)).copy(counter);
  counter[7] ^= label;
  return createCipheriv('aes-128-ctr', master.subarray(0, KEY_BYTES), counter).update(Buffer.alloc(length));
}

/** One direction of SRTP with AES_CM_128_HMAC_SHA1_80 (RFC 3711, RFC 4568). */
export class SrtpStream {
  private readonly cipherKey: Buffer;
  private readonly authKey: Buffer;
  private readonly salt: Buffer;
  /** The highest sequence number, with the number of times that it has turned over. */
  private highest = -1;
  private readonly seen = new Set<number>();

  constructor(master: SrtpKey) {
    this.cipherKey = derive(master, LABEL.cipher, 16);
    this.authKey = derive(master, LABEL.auth, 20);
    this.salt = derive(master, LABEL.salt, 14);
  }

  /** Encrypts a packet that we send. */
  protect(packet: Buffer): Buffer {
    const index = this.indexOf(packet.readUInt16BE(2));
    this.highest = Math.max(this.highest, index);
    const sealed = this.crypt(packet, index);
    return Buffer.concat([sealed, this.tag(sealed, index)]);
  }

  /** Decrypts a packet that came; null for one that was changed, made up or sent again. */
  unprotect(bytes: Buffer): Buffer | null {
    if (rtpHeaderLength(bytes) === null || bytes.length < 12 + TAG_BYTES) return null;
    const sealed = bytes.subarray(0, -TAG_BYTES);
    const index = this.indexOf(bytes.readUInt16BE(2));
    if (index < 0 || index <= this.highest - REPLAY_WINDOW || this.seen.has(index)) return null;
    if (!timingSafeEqual(this.tag(sealed, index), bytes.subarray(-TAG_BYTES))) return null;
    if (rtpHeaderLength(sealed) === null) return null;
    this.highest = Math.max(this.highest, index);
    this.seen.add(index);
    if (this.seen.size > 2 * REPLAY_WINDOW) {
      for (const old of this.seen) if (old <= this.highest - REPLAY_WINDOW) this.seen.delete(old);
    }
    return this.crypt(sealed, index);
  }

  /** The packet's place in the whole stream (RFC 3711 section 3.3.1). */
  private indexOf(sequence: number): number {
    if (this.highest < 0) return sequence;
    return this.highest + sequenceDistance(this.highest & 0xffff, sequence);
  }

  private crypt(packet: Buffer, index: number): Buffer {
    const start = rtpHeaderLength(packet) ?? packet.length;
    const counter = Buffer.alloc(16);
    this.salt.copy(counter);
    for (let at = 0; at < 4; at += 1) counter[4 + at] ^= packet[8 + at];
    const place = Buffer.alloc(6);
    place.writeUIntBE(index, 0, 6);
    for (let at = 0; at < 6; at += 1) counter[8 + at] ^= place[at];
    const cipher = createCipheriv('aes-128-ctr', this.cipherKey, counter);
    return Buffer.concat([packet.subarray(0, start), cipher.update(packet.subarray(start))]);
  }

  private tag(sealed: Buffer, index: number): Buffer {
    const rollover = Buffer.alloc(4);
    rollover.writeUInt32BE(Math.floor(index / 65_536));
    return createHmac('sha1', this.authKey).update(sealed).update(rollover).digest().subarray(0, TAG_BYTES);
  }
}
