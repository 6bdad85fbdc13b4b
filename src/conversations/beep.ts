import { SAMPLE_RATE } from '../common/sound.js';

/** Answering machines beep between LOWEST and HIGHEST, Hz. */
const LOWEST = 350;
const HIGHEST = 2100;
const COARSE = 50;
const FINE = 5;
/** Least share of a frame's energy at one frequency: a tone without harmonics. Not higher, for a frame may hold a broken number of cycles. */
const SHARE = 0.97;
/** Least length of a beep: 120 ms. */
const FRAMES = 6;
/** How far the frequency may move from frame to frame, Hz. */
const DRIFT = 15;
/** Mean square below which a frame counts as silence. */
const FLOOR = 10_000;

/** Returns the share of a frame's energy at a frequency, 0 to 1 (Goertzel's algorithm). */
function shareAt(frame: Int16Array, frequency: number, energy: number): number {
  const factor = 2 * Math.cos((2 * Math.PI * frequency) / SAMPLE_RATE);
  let [one, two] = [0, 0];
  for (const sample of frame) [one, two] = [sample + factor * one - two, one];
  const power = one * one + two * two - factor * one * two;
  return (2 * power) / (frame.length * energy);
}

/** Returns the strongest frequency of a range. */
function strongest(frame: Int16Array, energy: number, from: number, to: number, step: number): [number, number] {
  let best: [frequency: number, share: number] = [0, 0];
  for (let frequency = from; frequency <= to; frequency += step) {
    const share = shareAt(frame, frequency, energy);
    if (share > best[1]) best = [frequency, share];
  }
  return best;
}

/** Detects the beep of an answering machine. */
export class Beep {
  private frames = 0;
  private frequency = 0;

  /** Takes the next frame; returns true while a tone has lasted long enough to be a beep. */
  frame(samples: Int16Array): boolean {
    const energy = samples.reduce((sum, sample) => sum + sample * sample, 0);
    if (energy < FLOOR * samples.length) return this.none();
    const [about] = strongest(samples, energy, LOWEST, HIGHEST, COARSE);
    const [frequency, share] = strongest(samples, energy, about - COARSE, about + COARSE, FINE);
    if (share < SHARE) return this.none();
    this.frames = Math.abs(frequency - this.frequency) <= DRIFT ? this.frames + 1 : 1;
    this.frequency = frequency;
    return this.frames >= FRAMES;
  }

  private none(): boolean {
    this.frames = 0;
    return false;
  }
}
