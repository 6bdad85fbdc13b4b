const SENDER_REPORT = 200;
const SOURCE_DESCRIPTION = 202;
const GOODBYE = 203;
/** Seconds from 1900, where NTP begins, to 1970. */
const NTP_EPOCH_SECONDS = 2_208_988_800;

interface SenderState {
  source: number;
  timestamp: number;
  packets: number;
  bytes: number;
  /** Milliseconds since 1970. */
  now: number;
}

function header(type: number, count: number, bytes: number): Buffer {
  const head = Buffer.alloc(4);
  head[0] = 0x80 | count;
  head[1] = type;
  head.writeUInt16BE(bytes / 4 - 1, 2);
  return head;
}

/** Names a source by a token that says nothing about the machine (RFC 7022). */
function description(source: number, name: string): Buffer {
  const text = Buffer.from(name, 'latin1');
  // The list of items ends with a zero, and with a word.
  const body = Buffer.alloc(Math.ceil((4 + 2 + text.length + 1) / 4) * 4);
  body.writeUInt32BE(source, 0);
  body[4] = 1;
  body[5] = text.length;
  text.copy(body, 6);
  return Buffer.concat([header(SOURCE_DESCRIPTION, 1, body.length + 4), body]);
}

/** A sender's report, with its name; with a goodbye when the call is over (RFC 3550 sections 6.4 to 6.6). */
export function senderReport(
  { source, timestamp, packets, bytes, now }: SenderState,
  name: string,
  isLast: boolean,
): Buffer {
  const body = Buffer.alloc(24);
  body.writeUInt32BE(source, 0);
  body.writeUInt32BE(Math.floor(now / 1000) + NTP_EPOCH_SECONDS, 4);
  body.writeUInt32BE(Math.floor(((now % 1000) / 1000) * 2 ** 32), 8);
  body.writeUInt32BE(timestamp >>> 0, 12);
  body.writeUInt32BE(packets >>> 0, 16);
  body.writeUInt32BE(bytes >>> 0, 20);
  const parts = [header(SENDER_REPORT, 0, 28), body, description(source, name)];
  if (!isLast) return Buffer.concat(parts);
  const goodbye = Buffer.alloc(4);
  goodbye.writeUInt32BE(source, 0);
  return Buffer.concat([...parts, header(GOODBYE, 1, 8), goodbye]);
}
