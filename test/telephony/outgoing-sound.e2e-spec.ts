import { OutgoingSound } from '../../src/telephony/browser/outgoing-sound.js';

/** Takes all that is due at each of these moments. */
function takeAt(sound: OutgoingSound, ...moments: number[]): void {
  for (const now of moments) while (sound.takeDue(now));
}

const every10Ms = (from: number, to: number) => Array.from({ length: (to - from) / 10 }, (_, i) => from + 10 * i);

describe('Sound on its way to a page', () => {
  it('has no late frame while it is sent every 10 ms, nor after a pause without sound', () => {
    const frames = { sent: 0, late: 0 };
    const sound = new OutgoingSound(frames);
    sound.add(new Int16Array(16_000), 0);
    takeAt(sound, ...every10Ms(0, 1000));
    sound.add(new Int16Array(3200), 5000);
    takeAt(sound, ...every10Ms(5000, 5200));
    expect(frames).toEqual({ sent: 60, late: 0 });
  });

  it('counts frames that were sent more than 20 ms late', () => {
    const frames = { sent: 0, late: 0 };
    const sound = new OutgoingSound(frames);
    sound.add(new Int16Array(16_000), 0);
    takeAt(sound, ...every10Ms(0, 500));
    // 60 ms late: frames that were due since then.
    takeAt(sound, ...every10Ms(560, 1000));
    expect(frames).toEqual({ sent: 50, late: 2 });
  });
});
