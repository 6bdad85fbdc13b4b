/**
 * The port between a conversation and whatever carries its sound: the browser phone, a SIP trunk, Twilio. Sound is 16-bit mono PCM at
 * 16 kHz on both sides; each line converts to and from its own codec.
 */
export { FRAME_MS, FRAME_SAMPLES, SAMPLE_RATE } from '../common/sound.js';

/** Why a call ended on the line. What the agent or a timer decided is known to the one who hung up. */
export type LineEndReason =
  | 'hung-up-here'
  | 'hung-up-there'
  | 'busy'
  | 'no-answer'
  | 'declined'
  | 'canceled'
  | 'invalid-number'
  | 'carrier-refused'
  | 'carrier-unavailable'
  | 'media-lost'
  | 'transferred';

export interface LineEnd {
  reason: LineEndReason;
  /** The SIP status or the carrier's own number, where there is one. */
  carrierCode: number | null;
}

/** What the far end does. A line calls these in order; nothing follows `ended`, which comes exactly once. */
export interface LineListener {
  /** The far end rings. May be left out by a line that does not learn of it. */
  ringing(): void;
  answered(): void;
  /** One frame of 20 ms from the person. Frames may be missing, never late by more than the jitter buffer. */
  frame(samples: Int16Array): void;
  /** A key of the person's phone: 0 to 9, `*`, `#`, A to D. */
  digit(digit: string): void;
  /** Words that were typed instead of spoken. Only the browser phone has them. */
  typed(text: string): void;
  ended(end: LineEnd): void;
}

/** Words of the conversation as the person may read them. */
export interface SpokenLine {
  /** A later line with the same id replaces this one: more was understood, or less was heard. */
  id: string;
  role: 'agent' | 'person';
  text: string;
}

/** A call on a line, from the first attempt to its end. No method throws when the call is already over. */
export interface LineCall {
  /** Queues sound behind what already waits. The line plays it at its own pace. */
  play(samples: Int16Array): void;
  /** Drops what was not played yet. */
  clear(): void;
  /** Samples that the person heard so far since the answer, as well as the line knows; silence between them does not count. */
  readonly playedSamples: number;
  /** Samples that wait to be played. */
  readonly waitingSamples: number;
  /** Presses keys, `w` waits for half a second. */
  pressDigits(digits: string): void;
  /** Connects the person with somebody else. Rejects when the line cannot, or the other end refuses; the call then goes on. */
  transfer(to: string): Promise<void>;
  /** Shows words to the person. Only the browser phone has a screen. */
  show?(line: SpokenLine): void;
  /** Lets the person hear the call again, once it is over; a path from the root of the service. Only the browser phone does. */
  offerRecording?(path: string): void;
  /** Cancels a call that was not answered, hangs up any other. `ended` follows. */
  hangUp(): void;
}

export interface DialRequest {
  /** Our id of the call. */
  callId: string;
  /** Both in E.164. */
  from: string;
  to: string;
}

/** Frames of sound that a line sent, and of these such as left more than 20 ms after they were due. */
export interface FrameCounts {
  sent: number;
  late: number;
}

/** A call that comes in on a line, and waits for somebody who takes it. */
export interface IncomingCall {
  /** Numbers as the carrier writes them; not all callers tell theirs. */
  readonly to: string;
  readonly from: string;
  /** Lets it ring there; from now on the listener hears of the call. It is answered by `answer`. */
  take(listener: LineListener): TakenCall;
  /** Turns the caller away: the number is nobody's, or nobody can talk now. */
  refuse(why: 'unknown-number' | 'busy'): void;
}

/** A call that came in and rings. */
export interface TakenCall extends LineCall {
  answer(): void;
}

/** A way of making calls. One instance of it serves all calls of a process. */
export interface PhoneLine {
  readonly name: 'browser' | 'sip' | 'twilio';
  /** Of all calls since the start. */
  readonly frames: FrameCounts;
  /** Starts a call and returns at once; what becomes of it is told to the listener, never before `dial` has returned. */
  dial(request: DialRequest, listener: LineListener): LineCall;
  /** Hands over each call that comes in. Only lines of carriers have them. */
  onIncoming?(receive: (call: IncomingCall) => void): void;
}
