import { Resampler } from '../../src/speech/synthesis/resampler.js';
import { pitchOf } from './voice-providers.js';

describe('Sound of another rate', () => {
  const tone = (hertz: number, rate: number) =>
    new Int16Array(rate).map((_, i) => 10_000 * Math.sin((2 * Math.PI * hertz * i) / rate));
  const loudness = (samples: Int16Array) =>
    Math.sqrt(samples.subarray(2000, 14_000).reduce((sum, sample) => sum + sample * sample, 0) / 12_000);
  /** In pieces of odd lengths. */
  const resampled = (samples: Int16Array, rate: number) => {
    const resampler = new Resampler(rate);
    const result: number[] = [];
    for (let at = 0; at < samples.length; at += 997) result.push(...resampler.push(samples.subarray(at, at + 997)));
    return Int16Array.from([...result, ...resampler.flush()]);
  };

  it.each([8000, 22_050, 24_000, 44_100, 48_000])('of %d Hz keeps length, pitch and loudness', (rate) => {
    for (const hertz of [200, 1000, 3000]) {
      const samples = resampled(tone(hertz, rate), rate);
      expect(Math.abs(samples.length - 16_000)).toBeLessThanOrEqual(40);
      expect(Math.abs(pitchOf(samples.subarray(0, 16_000)) - hertz)).toBeLessThan(3);
      expect(loudness(samples) / 7071).toBeCloseTo(1, 1);
    }
  });

  it('loses what 16 kHz cannot carry instead of hearing it as another tone', () => {
    for (const rate of [24_000, 48_000]) expect(loudness(resampled(tone(10_000, rate), rate))).toBeLessThan(70);
  });
});
