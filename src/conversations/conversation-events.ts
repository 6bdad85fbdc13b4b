import { LineEndReason } from '../telephony/phone-line.js';

/** Something that one side said or did. */
export interface TranscriptEntry {
  role: 'agent' | 'person';
  /** The part that was heard; digits that may be a card number are masked. */
  text: string;
  /** Milliseconds since the answer. */
  startMs: number;
  endMs: number;
  /** The other side interrupted: the text ends where it was no longer heard. */
  interrupted?: true;
}

/** Why a conversation ended. Reasons that a line reports before an answer are passed on unchanged. */
export type ConversationEndReason =
  | 'person-hung-up'
  | 'agent-hung-up'
  | 'transferred'
  | 'silence'
  | 'voicemail'
  | 'max-duration'
  | 'ended-by-request'
  | 'instance-lost'
  | 'media-lost'
  | 'speech-unavailable'
  | 'language-model-unavailable'
  | Exclude<LineEndReason, 'hung-up-here' | 'hung-up-there'>;

export type AnsweredBy = 'human' | 'machine' | 'unknown';

/** How long the agent took to answer one turn of the person, milliseconds. Null when that part was not needed. */
export interface TurnLatency {
  /** From the end of the turn to the first sound on the line. */
  totalMs: number;
  /** From the person's last sound to the last recognized word. */
  speechToTextMs: number | null;
  /** From the request to the first words. */
  languageModelMs: number | null;
  /** From the first sentence to its first sound. */
  textToSpeechMs: number | null;
}

/** Latency of a whole call, as call data shows it: medians unless said otherwise; null when nothing was measured. */
export interface CallLatency {
  answerToSpeechMs: number | null;
  turnMs: { p50: number | null; p95: number | null; max: number | null };
  speechToTextMs: number | null;
  languageModelMs: number | null;
  textToSpeechMs: number | null;
}

export interface ConversationEnd {
  reason: ConversationEndReason;
  carrierCode: number | null;
  /** Null when nobody answered. */
  answeredBy: AnsweredBy | null;
  latency: CallLatency;
}

/** Events of a conversation. `ended` comes exactly once, as the last one. */
export interface ConversationListener {
  /** An entry that will not change any more. Entries come in the order in which they ended. */
  said(entry: TranscriptEntry): void;
  /** Interim text of what the person is saying, for live display. */
  hearing(text: string): void;
  /** The person was told that the call is recorded, and heard it to its end; at most once. */
  recordingAnnounced(atMs: number): void;
  /** Sound for a recorder: the person's as it arrived, the agent's as the line played it. */
  sound(side: 'person' | 'agent', samples: Int16Array, atMs: number): void;
  turnAnswered(latency: TurnLatency): void;
  /** Who answered, as soon as it is known; a second time only where `unknown` turns out to be `human`. */
  answeredBy(who: AnsweredBy): void;
  /** The agent noted a value for the call's data. */
  noted(name: string, value: string): void;
  /** The person asked not to be called again. */
  doNotCall(): void;
  ended(end: ConversationEnd): void;
}
