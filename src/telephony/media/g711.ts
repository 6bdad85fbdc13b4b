/** G.711: eight bits a sample, of both laws (ITU-T G.711). Tables are made once, when the module is loaded. */
const BIAS = 0x84;
const CLIP = 32_635;

function mulawToLinear(byte: number): number {
  const value = ~byte & 0xff;
  const magnitude = ((((value & 0x0f) << 3) + BIAS) << ((value & 0x70) >> 4)) - BIAS;
  return value & 0x80 ? -magnitude : magnitude;
}

function alawToLinear(byte: number): number {
  const value = byte ^ 0x55;
  const segment = (value & 0x70) >> 4;
  const step = ((value & 0x0f) << 4) + (segment === 0 ? 8 : 0x108);
  const magnitude = segment > 1 ? step << (segment - 1) : step;
  return value & 0x80 ? magnitude : -magnitude;
}

function linearToMulaw(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(Math.abs(sample), CLIP) + BIAS;
  const exponent = 31 - Math.clz32(magnitude) - 7;
  const mantissa = (magnitude >> (exponent + 3)) & 0x0f;
  return ~(sign | (exponent << 4) | mantissa) & 0xff;
}

function linearToAlaw(sample: number): number {
  const sign = sample >= 0 ? 0x80 : 0;
  const magnitude = Math.min(sample >= 0 ? sample : -sample - 1, 32_767);
  const exponent = magnitude < 256 ? 0 : 31 - Math.clz32(magnitude) - 7;
  const mantissa = (magnitude >> (exponent === 0 ? 4 : exponent + 3)) & 0x0f;
  return (sign | (exponent << 4) | mantissa) ^ 0x55;
}

/** One law, by tables for each byte and for each sample. */
export class G711 {
  private readonly toLinear: Int16Array;
  private readonly toByte: Uint8Array;

  constructor(law: 'PCMU' | 'PCMA') {
    const isMulaw = law === 'PCMU';
    this.toLinear = Int16Array.from({ length: 256 }, (_, byte) => (isMulaw ? mulawToLinear(byte) : alawToLinear(byte)));
    this.toByte = Uint8Array.from({ length: 65_536 }, (_, index) => {
      const sample = (index << 16) >> 16;
      return isMulaw ? linearToMulaw(sample) : linearToAlaw(sample);
    });
  }

  decode(bytes: Uint8Array): Int16Array {
    const samples = new Int16Array(bytes.length);
    for (let at = 0; at < bytes.length; at += 1) samples[at] = this.toLinear[bytes[at]];
    return samples;
  }

  encode(samples: Int16Array): Buffer {
    const bytes = Buffer.allocUnsafe(samples.length);
    for (let at = 0; at < samples.length; at += 1) bytes[at] = this.toByte[samples[at] & 0xffff];
    return bytes;
  }
}
