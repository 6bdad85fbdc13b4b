const TITLE = document.title;
/** Frequencies of the tone, in hertz, and its cadence, in milliseconds. */
const [TONE, TONE_MS, PERIOD_MS] = [[440, 480], 1200, 3000];
const LOUDNESS = 0.05;

/** Rings in the title of the page and, where sound is on, by a tone, as long as a call rings. */
export class Ringing {
  #speaker;
  #timer;

  constructor(speaker) {
    this.#speaker = speaker;
  }

  /** `callers` are the numbers of the calls that ring now. */
  show(callers) {
    document.title = callers.length > 0 ? `Ringing: ${callers.join(', ')} – ${TITLE}` : TITLE;
    if (callers.length === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    } else if (this.#timer === undefined) {
      this.#timer = setInterval(() => this.#sound(), PERIOD_MS);
      this.#sound();
    }
  }

  #sound() {
    const { context } = this.#speaker;
    if (!context) return;
    const gain = new GainNode(context, { gain: LOUDNESS });
    gain.connect(context.destination);
    for (const frequency of TONE) {
      const oscillator = new OscillatorNode(context, { frequency });
      oscillator.connect(gain);
      oscillator.start();
      oscillator.stop(context.currentTime + TONE_MS / 1000);
    }
  }
}
