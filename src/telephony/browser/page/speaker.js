const RATE = 16000;
/** Frames that may wait while sound is being turned on: more would make the call lag. */
const MAX_WAITING = 50;
const WORKLET = new URL('player.worklet.js', import.meta.url);

/** Plays sound. A browser lets a page do so only after a click or a key: until then, and where it fails, calls go on without. */
export class Speaker {
  #context;
  #players = new Map();
  #changed;

  /** `changed(isOn, problem)` is called whenever sound goes on or off. */
  constructor(changed) {
    this.#changed = changed;
  }

  /** The audio context, while it plays. */
  get context() {
    return this.#context?.state === 'running' ? this.#context : undefined;
  }

  /** To be called while the browser handles a click or a key. */
  async turnOn() {
    // Asked at another time, browsers refuse and warn. Escape, for one, is a key that gives no leave.
    if (this.context || navigator.userActivation?.isActive === false) return;
    try {
      this.#context ??= this.#open();
      await this.#context.resume();
    } catch (error) {
      this.#changed(false, error.message);
    }
  }

  /** Begins to play a call; `report` is told `{ epoch, samples, peak }` about ten times a second while it plays. */
  async start(call, report) {
    const player = { report, node: undefined, epoch: 0, waiting: [], skipped: 0 };
    this.#players.set(call, player);
    if (this.#context) await this.#connect(player);
  }

  /** Plays samples, or begins an epoch where there are none. */
  play(call, epoch, samples) {
    const player = this.#players.get(call);
    if (!player) return;
    if (player.node) player.node.port.postMessage({ epoch, samples });
    else this.#wait(player, epoch, samples);
  }

  stop(call) {
    const node = this.#players.get(call)?.node;
    this.#players.delete(call);
    node?.port.postMessage({ isOver: true });
    node?.disconnect();
  }

  /** What is not heard counts as played: the service goes by what it sent. */
  #wait(player, epoch, samples) {
    if (epoch !== player.epoch) Object.assign(player, { epoch, waiting: [], skipped: 0 });
    if (samples) player.waiting.push(samples);
    const most = this.#context ? MAX_WAITING : 0;
    while (player.waiting.length > most) player.skipped += player.waiting.shift().length;
  }

  #open() {
    const context = new AudioContext({ sampleRate: RATE, latencyHint: 'interactive' });
    context.onstatechange = () => this.#changed(context.state === 'running');
    this.ready = context.audioWorklet.addModule(WORKLET);
    for (const player of this.#players.values()) void this.ready.then(() => this.#connect(player));
    this.ready.catch((error) => this.#changed(false, error.message));
    return context;
  }

  async #connect(player) {
    await this.ready;
    if (player.node || ![...this.#players.values()].includes(player)) return;
    player.node = new AudioWorkletNode(this.#context, 'player', { numberOfInputs: 0, outputChannelCount: [1] });
    player.node.port.onmessage = ({ data }) => player.report(data);
    player.node.connect(this.#context.destination);
    const { epoch, waiting, skipped } = player;
    player.node.port.postMessage({ epoch, skipped });
    for (const samples of waiting) player.node.port.postMessage({ epoch, samples });
  }
}
