/** Builds a JSON array of limited size, item by item. */
export class JsonArray {
  /** An item was refused. */
  isFull = false;
  private readonly parts: string[] = [];
  private bytes = '[]'.length;

  constructor(private readonly maxBytes: number) {}

  /** Returns false when the item does not fit. The first item always fits, or nobody could ever get it. */
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
