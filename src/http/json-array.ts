/** A JSON array that grows thing by thing and is never larger than it may be. */
export class JsonArray {
  /** It took no more, though more was offered. */
  isFull = false;
  private readonly parts: string[] = [];
  private bytes = '[]'.length;

  constructor(private readonly maxBytes: number) {}

  /** False when the thing does not fit. The first one always does, or nobody would ever get it. */
  add(thing: object): boolean {
    const part = JSON.stringify(thing);
    const bytes = Buffer.byteLength(part) + ','.length;
    this.isFull ||= this.parts.length > 0 && this.bytes + bytes > this.maxBytes;
    if (this.isFull) return false;
    this.parts.push(part);
    this.bytes += bytes;
    return true;
  }

  get text(): string {
    return `[${this.parts.join()}]`;
  }
}
