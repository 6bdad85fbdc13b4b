/** Milliseconds before the page connects again; twice as long each time, up to the last. */
const [FIRST_RETRY_MS, LAST_RETRY_MS] = [500, 8000];
/** Sound is not queued for a network that does not take it: old sound is worth nothing. */
const MAX_UNSENT_BYTES = 32 * 1024;
const FRAME_HEADER_BYTES = 8;

/** The page's script is beside the socket, whatever path a proxy adds. */
function socketAddress() {
  const address = new URL('socket', import.meta.url);
  address.protocol = address.protocol.replace('http', 'ws');
  return address;
}

/** The connection to the service, made again whenever it is lost. */
export class Connection {
  #socket;
  #retryMs = FIRST_RETRY_MS;
  #listeners;

  /** `listeners`: `opened()`, `lost(reason)`, `told(message)` and `sound(call, epoch, samples)`. */
  constructor(listeners) {
    this.#listeners = listeners;
    this.#connect();
  }

  tell(message) {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  /** Sends one frame of 320 samples. */
  sendSound(call, samples) {
    if (this.#socket.readyState !== WebSocket.OPEN || this.#socket.bufferedAmount > MAX_UNSENT_BYTES) return;
    const frame = new DataView(new ArrayBuffer(4 + 2 * samples.length));
    frame.setUint32(0, call, true);
    samples.forEach((sample, i) => frame.setInt16(4 + 2 * i, sample, true));
    this.#socket.send(frame);
  }

  #connect() {
    const socket = new WebSocket(socketAddress());
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => {
      this.#retryMs = FIRST_RETRY_MS;
      this.#listeners.opened();
    };
    socket.onmessage = ({ data }) => this.#receive(data);
    socket.onclose = ({ reason }) => {
      this.#listeners.lost(reason);
      setTimeout(() => this.#connect(), this.#retryMs);
      this.#retryMs = Math.min(2 * this.#retryMs, LAST_RETRY_MS);
    };
    this.#socket = socket;
  }

  #receive(data) {
    if (typeof data === 'string') return this.#listeners.told(JSON.parse(data));
    const header = new DataView(data);
    const samples = new Int16Array(data, FRAME_HEADER_BYTES);
    this.#listeners.sound(header.getUint32(0, true), header.getUint32(4, true), samples);
  }
}
