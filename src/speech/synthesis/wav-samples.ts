const HEADER_BYTES = 44;
const RATE_OFFSET = 24;
const TAPS_EACH_SIDE = 16;

/** Weights of the samples around the middle between two: a sinc under a Hann window. */
const WEIGHTS = Array.from({ length: 2 * TAPS_EACH_SIDE }, (_, i) => {
  const distance = i - TAPS_EACH_SIDE + 0.5;
  const window = 0.5 * (1 + Math.cos((Math.PI * distance) / TAPS_EACH_SIDE));
  return (Math.sin(Math.PI * distance) / (Math.PI * distance)) * window;
});

/** Puts one sample between each two, without new frequencies above those that there were. */
function doubleRate(samples: Int16Array): Int16Array {
  const result = new Int16Array(2 * samples.length);
  for (let i = 0; i < samples.length; i += 1) {
    let middle = 0;
    for (let tap = 0; tap < WEIGHTS.length; tap += 1) {
      middle += WEIGHTS[tap] * (samples[i + tap - TAPS_EACH_SIDE + 1] ?? 0);
    }
    result[2 * i] = samples[i];
    result[2 * i + 1] = Math.max(-32768, Math.min(32767, Math.round(middle)));
  }
  return result;
}

/** Returns the sound of a WAV file as Flite writes it (16-bit mono, 8 or 16 kHz) at 16 kHz. Throws for any other rate. */
export function samplesAt16kHz(wav: Buffer): Int16Array {
  const rate = wav.readUInt32LE(RATE_OFFSET);
  const samples = new Int16Array(new Uint8Array(wav.subarray(HEADER_BYTES, wav.length - (wav.length % 2))).buffer);
  if (rate === 16_000) return samples;
  if (rate === 8000) return doubleRate(samples);
  throw new Error(`The voice speaks at ${rate} Hz`);
}
