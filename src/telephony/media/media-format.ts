/** What RTP carries on a phone line. L16 is 16-bit linear at 16 kHz. */
export type AudioCodec = 'L16' | 'PCMU' | 'PCMA';

/** In the order in which we offer them: the wide one, which is heard and recognized better, first. */
export const AUDIO_CODECS: readonly AudioCodec[] = ['L16', 'PCMU', 'PCMA'];

/** Ticks a second of RTP's timestamp (RFC 3551 section 6). */
export const CLOCK_RATES: Record<AudioCodec, number> = { L16: 16_000, PCMU: 8000, PCMA: 8000 };

/** Key and salt of SRTP for one direction: 16 and 14 bytes, for AES_CM_128_HMAC_SHA1_80 (RFC 4568 section 6.2). */
export type SrtpKey = Uint8Array;

/** The far end's half of an agreement on sound. */
export interface RemoteMedia {
  address: string;
  port: number;
  codec: AudioCodec;
  payloadType: number;
  /** Payload type of telephone events (RFC 4733); null where the far end knows none. */
  eventPayloadType: number | null;
  /** Clock in which the length of events is told; some far ends keep 8000 beside wide sound. */
  eventClockRate: number;
  /** False while the far end holds the call, or does not listen: it is sent nothing. */
  listens: boolean;
  /** False while the far end sends nothing, so that silence is no loss. */
  talks: boolean;
  srtp: { local: SrtpKey; remote: SrtpKey } | null;
}
