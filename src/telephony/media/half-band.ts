/** One side of a half-band filter: every other tap of it is 0, and the middle one is a half. */
const TAPS = Float64Array.from({ length: 10 }, (_, index) => {
  const offset = 2 * index + 1;
  const sinc = Math.sin((Math.PI * offset) / 2) / (Math.PI * offset);
  const window = 0.54 + 0.46 * Math.cos((Math.PI * offset) / 20);
  return sinc * window;
});
const REACH = TAPS.length;

function clipped(value: number): number {
  return Math.max(-32_768, Math.min(32_767, Math.round(value)));
}

/** Sound with twice as many samples: 8 kHz to 16 kHz. Keeps the end of what it had, so that frames join without a click. */
export class Upsampler {
  private past = new Int16Array(2 * REACH);

  process(samples: Int16Array): Int16Array {
    const input = new Int16Array(this.past.length + samples.length);
    input.set(this.past);
    input.set(samples, this.past.length);
    const output = new Int16Array(samples.length * 2);
    for (let at = 0; at < samples.length; at += 1) {
      const middle = at + REACH;
      let sum = 0;
      for (let tap = 0; tap < REACH; tap += 1) sum += TAPS[tap] * (input[middle - tap] + input[middle + 1 + tap]);
      output[2 * at] = input[middle];
      output[2 * at + 1] = clipped(2 * sum);
    }
    this.past = input.slice(-2 * REACH);
    return output;
  }
}

/** Sound with half as many samples: 16 kHz to 8 kHz, without what 8 kHz cannot carry. Takes an even number of samples. */
export class Downsampler {
  private past = new Int16Array(4 * REACH);

  process(samples: Int16Array): Int16Array {
    const input = new Int16Array(this.past.length + samples.length);
    input.set(this.past);
    input.set(samples, this.past.length);
    const output = new Int16Array(samples.length >> 1);
    for (let at = 0; at < output.length; at += 1) {
      const middle = 2 * at + 2 * REACH;
      let sum = 0.5 * input[middle];
      for (let tap = 0; tap < REACH; tap += 1)
        sum += TAPS[tap] * (input[middle - 2 * tap - 1] + input[middle + 2 * tap + 1]);
      output[at] = clipped(sum);
    }
    this.past = input.slice(-4 * REACH);
    return output;
  }
}
