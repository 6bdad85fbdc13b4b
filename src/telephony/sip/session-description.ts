import { isIP } from 'node:net';
import { type MediaDescription, parse, type SessionDescription } from 'sdp-transform';
import type { AudioCodec } from '../media/media-format.js';

export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

export interface OfferedCodec {
  codec: AudioCodec;
  payloadType: number;
}

/** The one medium of a description that a phone uses, checked. */
export interface AudioDescription {
  address: string;
  port: number;
  /** `RTP/AVP`, or `RTP/SAVP` with keys. */
  protocol: string;
  /** Codecs that we know, in the other side's order. */
  codecs: OfferedCodec[];
  /** Payload types of telephone events by clock rate. */
  events: Map<number, number>;
  direction: Direction;
  crypto: { tag: number; suite: string; config: string }[];
  /** Number of media in the description, and which of them this is. */
  index: number;
  kinds: string[];
}

const MAX_DESCRIPTION_BYTES = 16_384;
const STATIC_TYPES: Partial<Record<number, AudioCodec>> = { 0: 'PCMU', 8: 'PCMA' };

function codecNamed(name: string, rate: number | undefined, channels: number | undefined): AudioCodec | null {
  const codec = name.toUpperCase();
  if ((channels ?? 1) !== 1) return null;
  if (codec === 'L16') return rate === 16_000 ? 'L16' : null;
  return (codec === 'PCMU' || codec === 'PCMA') && rate === 8000 ? codec : null;
}

function readCodecs(media: MediaDescription): Pick<AudioDescription, 'codecs' | 'events'> {
  const codecs: OfferedCodec[] = [];
  const events = new Map<number, number>();
  const maps = new Map(media.rtp.map((map) => [map.payload, map]));
  for (const payloadType of String(media.payloads ?? '')
    .split(' ')
    .map(Number)) {
    if (!Number.isInteger(payloadType) || payloadType < 0 || payloadType > 127) continue;
    const map = maps.get(payloadType);
    const codec = map ? codecNamed(map.codec, map.rate, map.encoding) : STATIC_TYPES[payloadType];
    if (codec) codecs.push({ codec, payloadType });
    const isEvent = map?.codec.toLowerCase() === 'telephone-event';
    if (isEvent && !events.has(map?.rate ?? 8000)) events.set(map?.rate ?? 8000, payloadType);
  }
  return { codecs, events };
}

function readMedium(session: SessionDescription, media: MediaDescription, index: number): AudioDescription | null {
  const address = media.connection?.ip ?? session.connection?.ip ?? '';
  const isWhole = isIP(address) !== 0 && Number.isInteger(media.port) && media.port > 0 && media.port <= 65_535;
  if (media.type !== 'audio' || !isWhole) return null;
  // A host of zeros is how software older than RFC 3264 holds a call.
  const isOldHold = address === '0.0.0.0' || address === '::';
  const direction = isOldHold ? 'inactive' : (media.direction ?? session.direction ?? 'sendrecv');
  return {
    address,
    port: media.port,
    protocol: String(media.protocol).toUpperCase(),
    ...readCodecs(media),
    direction,
    crypto: (media.crypto ?? []).map(({ id, suite, config }) => ({
      tag: Number(id),
      suite: String(suite),
      config: String(config),
    })),
    index,
    kinds: session.media.map(({ type, protocol, payloads }) => `${type} 0 ${protocol} ${payloads ?? 0}`),
  };
}

/** Reads what the other side says of its sound (RFC 4566, RFC 3264); null where it has none that we can use. */
export function readDescription(body: Buffer): AudioDescription | null {
  if (body.length > MAX_DESCRIPTION_BYTES) return null;
  // sdp-transform never throws, and takes nearly everything: all that is used is checked here.
  const session = parse(body.toString('utf8'));
  for (const [index, media] of session.media.entries()) {
    const description = readMedium(session, media, index);
    if (description && description.codecs.length > 0) return description;
  }
  return null;
}
