import { G711 } from './g711.js';
import { Downsampler, Upsampler } from './half-band.js';
import type { AudioCodec } from './media-format.js';

/** Turns the sound of one call into payloads and back. It has a memory: frames go in in their order. */
export interface SoundCoder {
  /** A frame of 16 kHz, as a payload. */
  encode(frame: Int16Array): Buffer;
  /** A payload as samples of 16 kHz. */
  decode(payload: Uint8Array): Int16Array;
}

class LinearCoder implements SoundCoder {
  encode(frame: Int16Array): Buffer {
    const payload = Buffer.from(frame.buffer.slice(frame.byteOffset, frame.byteOffset + frame.byteLength));
    return payload.swap16();
  }

  decode(payload: Uint8Array): Int16Array {
    const bytes = Buffer.from(payload.subarray(0, payload.length & ~1)).swap16();
    const samples = new Int16Array(bytes.length / 2);
    for (let at = 0; at < samples.length; at += 1) samples[at] = bytes.readInt16LE(2 * at);
    return samples;
  }
}

class NarrowCoder implements SoundCoder {
  private readonly up = new Upsampler();
  private readonly down = new Downsampler();

  constructor(private readonly law: G711) {}

  encode(frame: Int16Array): Buffer {
    return this.law.encode(this.down.process(frame));
  }

  decode(payload: Uint8Array): Int16Array {
    return this.up.process(this.law.decode(payload));
  }
}

const LAWS = new Map<AudioCodec, G711>();

export function soundCoder(codec: AudioCodec): SoundCoder {
  if (codec === 'L16') return new LinearCoder();
  let law = LAWS.get(codec);
  if (!law) LAWS.set(codec, (law = new G711(codec)));
  return new NarrowCoder(law);
}
