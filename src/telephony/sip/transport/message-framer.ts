import { endOfHead, MAX_MESSAGE_BYTES } from '../sip-parser.js';

const CRLF = Buffer.from('\r\n');
const CONTENT_LENGTH = /^(?:content-length|l)[ \t]*:[ \t]*(\d{1,6})[ \t]*$/im;

/** Cuts a stream into messages by their Content-Length (RFC 3261 section 18.3). */
export class MessageFramer {
  private held: Buffer = Buffer.alloc(0);

  /** `ping` is called for each keep-alive (RFC 5626 section 3.5.1). */
  constructor(
    private readonly message: (bytes: Buffer) => void,
    private readonly ping: () => void,
  ) {}

  get isInMessage(): boolean {
    return this.held.length > 0;
  }

  /** Takes what arrived; throws when the stream cannot be cut any more. */
  add(chunk: Buffer): void {
    this.held = this.held.length === 0 ? chunk : Buffer.concat([this.held, chunk]);
    while (this.takeOne());
    if (this.held.length > MAX_MESSAGE_BYTES) throw new Error('A message in the stream is too long.');
  }

  private takeOne(): boolean {
    this.skipBlankLines();
    const end = endOfHead(this.held);
    if (!end) return false;
    const length = CONTENT_LENGTH.exec(this.held.toString('latin1', 0, end.head));
    if (!length) throw new Error('A message in the stream does not tell its length.');
    const total = end.body + Number(length[1]);
    if (total > MAX_MESSAGE_BYTES) throw new Error('A message in the stream is too long.');
    if (this.held.length < total) return false;
    this.message(this.held.subarray(0, total));
    this.held = this.held.subarray(total);
    return true;
  }

  private skipBlankLines(): void {
    let lines = 0;
    while (this.held.subarray(lines * 2, lines * 2 + 2).equals(CRLF)) lines += 1;
    if (lines === 0) return;
    this.held = this.held.subarray(lines * 2);
    if (lines >= 2) this.ping();
  }
}
