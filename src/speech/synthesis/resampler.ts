import { SAMPLE_RATE } from '../../common/sound.js';

/** Samples on each side of a moment that make its value, at the lower of the two rates. */
const SIDE = 16;
/** What is kept of the frequencies that both rates can carry. */
const PASSED = 0.94;

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** Brings a stream of sound from any rate to 16 kHz: a windowed sinc, which lets no frequency through that 16 kHz cannot carry. */
export class Resampler {
  private readonly side: number;
  private readonly step: number;
  private readonly phases: number;
  private readonly kernels: Float64Array[];
  /** What the next sample out needs of the past, and what came after it. */
  private input: Int16Array;
  /** Where the next sample out lies in `input`: whole samples, and phases of one. */
  private at: number;
  private phase = 0;

  constructor(from: number) {
    const divisor = greatestCommonDivisor(from, SAMPLE_RATE);
    this.phases = SAMPLE_RATE / divisor;
    this.step = from / divisor;
    const scale = Math.min(1, SAMPLE_RATE / from);
    this.side = Math.ceil(SIDE / scale);
    this.kernels = Array.from({ length: this.phases }, (_, phase) => this.kernel(phase / this.phases, scale * PASSED));
    this.input = new Int16Array(this.side - 1);
    this.at = this.side - 1;
  }

  push(samples: Int16Array): Int16Array {
    const input = new Int16Array(this.input.length + samples.length);
    input.set(this.input);
    input.set(samples, this.input.length);
    const ready = Math.max(0, input.length - this.side - this.at);
    const result = new Int16Array(Math.ceil((ready * this.phases) / this.step) + 1);
    let made = 0;
    for (; this.at + this.side < input.length; made += 1) {
      result[made] = this.sample(input);
      this.phase += this.step;
      this.at += Math.floor(this.phase / this.phases);
      this.phase %= this.phases;
    }
    const past = Math.max(0, Math.min(this.at - this.side + 1, input.length));
    this.input = input.slice(past);
    this.at -= past;
    return result.subarray(0, made);
  }

  /** The rest, when nothing more comes. */
  flush(): Int16Array {
    return this.push(new Int16Array(this.side));
  }

  private sample(input: Int16Array): number {
    const kernel = this.kernels[this.phase];
    const first = this.at - this.side + 1;
    let sum = 0;
    for (let i = 0; i < kernel.length; i += 1) sum += kernel[i] * input[first + i];
    return Math.max(-32768, Math.min(32767, Math.round(sum)));
  }

  private kernel(fraction: number, cutoff: number): Float64Array {
    const weights = Float64Array.from({ length: 2 * this.side }, (_, i) => {
      const distance = i - this.side + 1 - fraction;
      const x = Math.PI * cutoff * distance;
      const window = 0.5 * (1 + Math.cos((Math.PI * distance) / (this.side + 1)));
      return (x === 0 ? 1 : Math.sin(x) / x) * window;
    });
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return weights.map((weight) => weight / sum);
  }
}
