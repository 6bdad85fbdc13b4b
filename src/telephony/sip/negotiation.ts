import { randomBytes, randomInt } from 'node:crypto';
import { isIP } from 'node:net';
import { type AudioCodec, CLOCK_RATES, type RemoteMedia, type SrtpKey } from '../media/media-format.js';
import { type AudioDescription, type Direction, type OfferedCodec, readDescription } from './session-description.js';

/** Payload types of our offer; those below 96 are fixed (RFC 3551). */
const PAYLOAD_TYPES: Record<AudioCodec, number> = { L16: 96, PCMU: 0, PCMA: 8 };
const EVENT_TYPES = new Map([
  [8000, 101],
  [16_000, 102],
]);
const SUITE = 'AES_CM_128_HMAC_SHA1_80';
const SRTP_KEY_BYTES = 30;
const MIRRORED: Record<Direction, Direction> = {
  sendrecv: 'sendrecv',
  sendonly: 'recvonly',
  recvonly: 'sendonly',
  inactive: 'inactive',
};

/** Telephone events in the clock of the sound, as RFC 4733 wants them, or in the one that the other side has. */
function eventsFor(
  codec: AudioCodec,
  events: Map<number, number>,
): Pick<RemoteMedia, 'eventPayloadType' | 'eventClockRate'> {
  const rate = CLOCK_RATES[codec];
  const [first] = events;
  if (events.has(rate) || !first) return { eventPayloadType: events.get(rate) ?? null, eventClockRate: rate };
  return { eventPayloadType: first[1], eventClockRate: first[0] };
}

interface LocalMedia {
  address: string;
  port: number;
  codecs: readonly AudioCodec[];
  /** Keys are offered where the signalling is encrypted too: they stand in it. */
  isSecure: boolean;
}

/** Our half of the agreement on sound of one call, and what comes of both halves (RFC 3264). */
export class Negotiation {
  private readonly sessionId = randomInt(2 ** 31);
  private version = 0;
  private readonly key: SrtpKey = randomBytes(SRTP_KEY_BYTES);
  private last = '';

  constructor(private readonly local: LocalMedia) {}

  offer(): Buffer {
    const codecs = this.local.codecs.map((codec) => ({ codec, payloadType: PAYLOAD_TYPES[codec] }));
    const protocol = this.local.isSecure ? 'RTP/SAVP' : 'RTP/AVP';
    const crypto = this.local.isSecure ? [this.cryptoLine(1)] : [];
    return this.write([this.audioLines(codecs, EVENT_TYPES, protocol, 'sendrecv', crypto)].flat());
  }

  /** The agreement that an answer to our offer makes; null where it takes up nothing of it. */
  accept(answer: Buffer): RemoteMedia | null {
    const description = readDescription(answer);
    if (!description || description.protocol !== (this.local.isSecure ? 'RTP/SAVP' : 'RTP/AVP')) return null;
    return this.agree(description);
  }

  /** Our answer to an offer, and the agreement; null where nothing of it is ours. */
  answer(offer: Buffer): { body: Buffer; remote: RemoteMedia } | null {
    const description = readDescription(offer);
    const remote = description && this.agree(description);
    if (!description || !remote) return null;
    const events = new Map([...description.events].filter(([rate]) => rate === remote.eventClockRate));
    const chosen = { codec: remote.codec, payloadType: remote.payloadType };
    const tag = description.crypto.find(({ suite }) => suite === SUITE)?.tag ?? 1;
    const crypto = remote.srtp ? [this.cryptoLine(tag)] : [];
    const audio = this.audioLines([chosen], events, description.protocol, MIRRORED[description.direction], crypto);
    // What we do not take up stands in the answer with port 0, in its place.
    const lines = description.kinds.flatMap((kind, index) => (index === description.index ? audio : [`m=${kind}`]));
    return { body: this.write(lines), remote };
  }

  private agree(description: AudioDescription): RemoteMedia | null {
    const chosen = description.codecs.find(({ codec }) => this.local.codecs.includes(codec));
    const srtp = this.agreeOnKeys(description);
    if (!chosen || srtp === undefined) return null;
    const { address, port, direction, events } = description;
    return {
      address,
      port,
      codec: chosen.codec,
      payloadType: chosen.payloadType,
      ...eventsFor(chosen.codec, events),
      listens: direction === 'sendrecv' || direction === 'recvonly',
      talks: direction === 'sendrecv' || direction === 'sendonly',
      srtp,
    };
  }

  /** Null for plain RTP, undefined where the other side wants a protection that we do not have. */
  private agreeOnKeys({ protocol, crypto }: AudioDescription): RemoteMedia['srtp'] | undefined {
    if (protocol === 'RTP/AVP') return null;
    const line = crypto.find(({ suite }) => suite === SUITE);
    const match = /^inline:([A-Za-z0-9+/=]{40})(?:\||$)/.exec(line?.config ?? '');
    const key = Buffer.from(match?.[1] ?? '', 'base64');
    if (protocol !== 'RTP/SAVP' || key.length !== SRTP_KEY_BYTES) return undefined;
    return { local: this.key, remote: key };
  }

  private cryptoLine(tag: number): string {
    return `a=crypto:${tag} ${SUITE} inline:${Buffer.from(this.key).toString('base64')}`;
  }

  private audioLines(
    codecs: OfferedCodec[],
    events: Map<number, number>,
    protocol: string,
    direction: Direction,
    crypto: string[],
  ): string[] {
    const used = [...events];
    const types = [...codecs.map(({ payloadType }) => payloadType), ...used.map(([, payloadType]) => payloadType)];
    return [
      `m=audio ${this.local.port} ${protocol} ${types.join(' ')}`,
      ...codecs.map(({ codec, payloadType }) => `a=rtpmap:${payloadType} ${codec}/${CLOCK_RATES[codec]}`),
      ...used.flatMap(([rate, type]) => [`a=rtpmap:${type} telephone-event/${rate}`, `a=fmtp:${type} 0-15`]),
      'a=ptime:20',
      ...crypto,
      `a=${direction}`,
    ];
  }

  /** The same content keeps its version (RFC 3264 section 8). */
  private write(media: string[]): Buffer {
    const content = media.join('\r\n');
    if (content !== this.last) this.version += 1;
    this.last = content;
    const place = `IN IP${isIP(this.local.address) === 6 ? 6 : 4} ${this.local.address}`;
    const head = ['v=0', `o=- ${this.sessionId} ${this.version} ${place}`, 's=-', `c=${place}`, 't=0 0'];
    return Buffer.from(`${[...head, content].join('\r\n')}\r\n`);
  }
}
