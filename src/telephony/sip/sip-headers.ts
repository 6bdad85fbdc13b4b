/** Compact forms (RFC 3261 section 7.3.3, RFC 4028, RFC 3515, RFC 3892). */
const COMPACT: Record<string, string> = {
  b: 'referred-by',
  c: 'content-type',
  e: 'content-encoding',
  f: 'from',
  i: 'call-id',
  k: 'supported',
  l: 'content-length',
  m: 'contact',
  r: 'refer-to',
  s: 'subject',
  t: 'to',
  v: 'via',
  x: 'session-expires',
};
/** Names that are not written with one capital letter a word. */
const WRITTEN: Record<string, string> = {
  'call-id': 'Call-ID',
  cseq: 'CSeq',
  'min-se': 'Min-SE',
  'www-authenticate': 'WWW-Authenticate',
};

function writtenName(name: string): string {
  return WRITTEN[name] ?? name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
}

/** Splits at a separator that is neither in a quoted string nor in angle brackets (RFC 3261 section 7.3.1). */
export function splitOutsideQuotes(text: string, separator: string): string[] {
  const parts: string[] = [];
  let isQuoted = false;
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at];
    if (isQuoted && letter === '\\') at += 1;
    else if (letter === '"') isQuoted = !isQuoted;
    else if (isQuoted) continue;
    else if (letter === '<') depth += 1;
    else if (letter === '>') depth = Math.max(0, depth - 1);
    else if (letter === separator && depth === 0) {
      parts.push(text.slice(start, at).trim());
      start = at + 1;
    }
  }
  parts.push(text.slice(start).trim());
  return parts;
}

/** Header fields of a SIP message in their order; names in any case and in their compact forms. */
export class SipHeaders {
  private readonly fields: { name: string; value: string }[] = [];

  constructor(fields: Record<string, string | number | string[] | undefined> = {}) {
    for (const [name, value] of Object.entries(fields)) {
      for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) this.add(name, String(one));
    }
  }

  add(name: string, value: string): void {
    const lower = name.toLowerCase();
    this.fields.push({ name: COMPACT[lower] ?? lower, value });
  }

  /** Puts a field before all others of its name. */
  prepend(name: string, value: string): void {
    this.fields.unshift({ name: name.toLowerCase(), value });
  }

  set(name: string, value: string | number): void {
    this.delete(name);
    this.add(name, String(value));
  }

  delete(name: string): void {
    const kept = this.fields.filter((field) => field.name !== name.toLowerCase());
    this.fields.splice(0, this.fields.length, ...kept);
  }

  /** The first field's value, with all that it lists. */
  get(name: string): string | undefined {
    return this.fields.find((field) => field.name === name.toLowerCase())?.value;
  }

  /** Values of all fields of a name, one entry a field. */
  all(name: string): string[] {
    return this.fields.filter((field) => field.name === name.toLowerCase()).map(({ value }) => value);
  }

  /** Elements of a list that may stand in one field or in several. */
  list(name: string): string[] {
    return this.all(name)
      .flatMap((value) => splitOutsideQuotes(value, ','))
      .filter((value) => value !== '');
  }

  /** Returns true when a list of tokens has this one, in any case. */
  has(name: string, token: string): boolean {
    return this.list(name).some((value) => value.toLowerCase() === token.toLowerCase());
  }

  /** The lines of a message. Throws on a value that would start a line of its own. */
  toString(): string {
    return this.fields.map(({ name, value }) => `${writtenName(name)}: ${oneLine(value)}\r\n`).join('');
  }
}

/** Returns the text; throws when it would end a line of a message. */
export function oneLine(text: string): string {
  if (/[\r\n\0]/.test(text)) throw new Error('A line of a SIP message may not have a line break in it.');
  return text;
}
