const RATE = 16000;
const FRAME_SAMPLES = 320;

/** Turns the microphone's sound, at whatever rate the browser has, into frames of 20 ms at 16 kHz. The node before it takes away what is too high. */
class Recorder extends AudioWorkletProcessor {
  #frame = new Int16Array(FRAME_SAMPLES);
  #filled = 0;
  /** Where the next sample is to be taken, counted from the last one of the block before. */
  #place = 1;
  #last = 0;
  #isOver = false;

  constructor() {
    super();
    this.port.onmessage = () => (this.#isOver = true);
  }

  process([[input]]) {
    if (input) this.#take(input);
    return !this.#isOver;
  }

  #take(input) {
    const at = (index) => (index === 0 ? this.#last : input[index - 1]);
    for (; this.#place < input.length; this.#place += sampleRate / RATE) {
      const before = Math.floor(this.#place);
      const share = this.#place - before;
      this.#add(at(before) * (1 - share) + at(before + 1) * share);
    }
    this.#place -= input.length;
    this.#last = input[input.length - 1];
  }

  #add(value) {
    this.#frame[this.#filled] = Math.max(-1, Math.min(1, value)) * 32767;
    this.#filled += 1;
    if (this.#filled < FRAME_SAMPLES) return;
    this.port.postMessage(this.#frame);
    this.#filled = 0;
  }
}

registerProcessor('recorder', Recorder);
