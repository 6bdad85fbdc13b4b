/** Sound in this service is 16-bit mono PCM at this rate, in frames of this length. Providers and phone lines convert to and from it. */
export const SAMPLE_RATE = 16_000;
export const FRAME_MS = 20;
export const FRAME_SAMPLES = (SAMPLE_RATE * FRAME_MS) / 1000;
