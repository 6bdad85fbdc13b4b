const WORKLET = new URL('recorder.worklet.js', import.meta.url);
const PASSED_HZ = 7000;
/** Echo would have the agent hear itself, and interrupt itself. */
const WANTED = { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true };

const PROBLEMS = {
  NotFoundError: 'No microphone was found.',
  NotAllowedError: 'The browser was not allowed to use the microphone.',
  NotReadableError: 'The microphone is in use by another program, or does not work.',
};

function problemOf(error) {
  if (!window.isSecureContext) return 'Browsers give the microphone only to pages of this machine, or over HTTPS.';
  return PROBLEMS[error.name] ?? `The microphone does not work: ${error.message}`;
}

/** The microphone, open only while a call has it. Frames of 320 samples at 16 kHz go to whom it was given last. */
export class Microphone {
  #opened;
  #listener;
  #say;

  /** `say` is told in words how it is with the microphone. */
  constructor(say) {
    this.#say = say;
  }

  /** Gives the microphone to a listener; resolves to whether there is one. */
  async giveTo(listener) {
    this.#listener = listener;
    try {
      this.#opened ??= this.#open();
      await this.#opened;
      if (this.#listener === listener) this.#say('The microphone is on.');
      return this.#listener === listener;
    } catch (error) {
      this.#opened = undefined;
      this.#say(`${problemOf(error)} Calls go on: type what you would say.`);
      return false;
    }
  }

  /** Takes it from a listener, and closes it, so that the browser shows no recording. */
  async takeFrom(listener) {
    if (this.#listener !== listener) return;
    this.#listener = undefined;
    const opened = this.#opened;
    this.#opened = undefined;
    if (!opened) return;
    this.#say('');
    const close = await opened.catch(() => undefined);
    close?.();
  }

  /** Resolves to what closes it again. */
  async #open() {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: WANTED });
    // In its own rate: some browsers connect no microphone to a context of another.
    const context = new AudioContext();
    await context.audioWorklet.addModule(WORKLET);
    const filter = new BiquadFilterNode(context, { type: 'lowpass', frequency: PASSED_HZ });
    const recorder = new AudioWorkletNode(context, 'recorder', { channelCount: 1, channelCountMode: 'explicit' });
    recorder.port.onmessage = ({ data }) => this.#listener?.(data);
    context.createMediaStreamSource(stream).connect(filter).connect(recorder).connect(context.destination);
    return () => {
      recorder.port.postMessage('over');
      for (const track of stream.getTracks()) track.stop();
      void context.close();
    };
  }
}
