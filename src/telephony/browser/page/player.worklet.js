/** Samples between two reports of what was played: 100 ms. */
const REPORT_SAMPLES = 1600;
/** Frames that may wait: one second. */
const MAX_WAITING = 50;
const FULL_SCALE = 32768;

/** Plays the frames of one call at 16 kHz, and reports the samples of the current epoch that were played and how loud they were. */
class Player extends AudioWorkletProcessor {
  #frames = [];
  #epoch = 0;
  #played = 0;
  #reported = 0;
  #peak = 0;
  #isOver = false;

  constructor() {
    super();
    this.port.onmessage = ({ data }) => this.#take(data);
  }

  process(_inputs, [[output]]) {
    let filled = 0;
    while (filled < output.length && this.#frames.length > 0) filled = this.#fill(output, filled);
    this.#played += filled;
    const isLast = this.#frames.length === 0 && this.#played > this.#reported;
    if (isLast || this.#played - this.#reported >= REPORT_SAMPLES) this.#report();
    return !this.#isOver;
  }

  /** Takes a frame, or the start of an epoch, which drops what waits of earlier ones. */
  #take({ epoch, samples, skipped = 0, isOver = false }) {
    this.#isOver = isOver;
    if (isOver || epoch < this.#epoch) return;
    if (epoch > this.#epoch) this.#begin(epoch);
    this.#played += skipped;
    if (samples) this.#frames.push(samples);
    // While the browser holds sound back, the call goes on.
    while (this.#frames.length > MAX_WAITING) this.#played += this.#frames.shift().length;
  }

  #begin(epoch) {
    this.#frames = [];
    this.#epoch = epoch;
    this.#played = this.#reported = 0;
  }

  #fill(output, from) {
    const [frame] = this.#frames;
    const part = frame.subarray(0, output.length - from);
    for (let i = 0; i < part.length; i += 1) {
      output[from + i] = part[i] / FULL_SCALE;
      this.#peak = Math.max(this.#peak, Math.abs(output[from + i]));
    }
    if (part.length === frame.length) this.#frames.shift();
    else this.#frames[0] = frame.subarray(part.length);
    return from + part.length;
  }

  #report() {
    this.port.postMessage({ epoch: this.#epoch, samples: this.#played, peak: this.#peak });
    this.#reported = this.#played;
    this.#peak = 0;
  }
}

registerProcessor('player', Player);
