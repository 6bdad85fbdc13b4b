const DIGITS = '0123456789*#ABCD';
/** Of a tone and of the pause after it, in frames of 20 ms. */
const TONE_FRAMES = 5;
const PAUSE_FRAMES = 4;
/** The end of an event is sent three times (RFC 4733 section 2.5.1.4). */
const END_PACKETS = 3;
const WAIT_FRAMES = 25;
/** -10 dBm0. */
const VOLUME = 10;

/** What a payload of telephone events says; null where it is none or no key of a telephone. */
export function readTelephoneEvent(payload: Buffer): string | null {
  return payload.length >= 4 ? (DIGITS[payload[0]] ?? null) : null;
}

/** One step of pressing keys: a packet to be sent in place of sound. */
export interface EventStep {
  payload: Buffer;
  /** The packet's timestamp counts from the beginning of its event: so many frames ago. */
  framesAgo: number;
  isFirst: boolean;
  isEnd: boolean;
}

/** Presses keys by telephone events (RFC 4733), one frame of 20 ms after the other. */
export class DigitSender {
  private waiting: string[] = [];
  private digit = '';
  private frame = 0;
  private pause = 0;

  /** Ticks a second in which the length of a key is told. */
  constructor(private readonly clockRate: number) {}

  get isBusy(): boolean {
    return this.waiting.length > 0 || this.digit !== '' || this.pause > 0;
  }

  /** Digits, `*`, `#`, A to D; `w` waits for half a second. */
  press(digits: string): void {
    this.waiting.push(...digits.toUpperCase());
  }

  /** What is sent in this frame; null while it is quiet between keys. */
  step(): EventStep[] | null {
    if (this.pause > 0) this.pause -= 1;
    else if (this.digit === '') this.begin();
    if (this.digit === '') return null;
    this.frame += 1;
    const isEnd = this.frame === TONE_FRAMES;
    const step = { payload: this.payload(isEnd), framesAgo: this.frame - 1, isFirst: this.frame === 1, isEnd };
    if (!isEnd) return [step];
    this.digit = '';
    this.pause = PAUSE_FRAMES;
    return Array.from({ length: END_PACKETS }, () => step);
  }

  private begin(): void {
    const next = this.waiting.shift();
    if (next === undefined) return;
    if (next === 'W') this.pause = WAIT_FRAMES;
    else if (DIGITS.includes(next)) this.digit = next;
    this.frame = 0;
  }

  private payload(isEnd: boolean): Buffer {
    const payload = Buffer.alloc(4);
    payload[0] = DIGITS.indexOf(this.digit);
    payload[1] = (isEnd ? 0x80 : 0) | VOLUME;
    payload.writeUInt16BE((this.frame * this.clockRate) / 50, 2);
    return payload;
  }
}
