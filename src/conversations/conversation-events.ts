import { LineEndReason } from '../telephony/phone-line.js';

/** Something that one side said, or did. */
export interface TranscriptEntry {
  role: 'agent' | 'person';
  /** What was heard of it, long runs of digits masked. */
  text: string;
  /** Milliseconds since the answer. */
  startMs: number;
  endMs: number;
  /** The other side cut in: the text ends where it was no longer heard. */
  interrupted?: true;
}

/** Why a conversation ended. What a line reports before an answer is passed on as it is. */
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

/** How long the agent took to answer one turn of the person, in milliseconds. Null: that part was not asked. */
export interface TurnLatency {
  /** End of the turn to the first sound on the line. */
  totalMs: number;
  /** The person's last sound to the last of their words. */
  speechToTextMs: number | null;
  /** Request to first words. */
  languageModelMs: number | null;
  /** First sentence to its first sound. */
  textToSpeechMs: number | null;
}

/** The figures of a whole call, as call data shows them. Medians where nothing else is said; null where nothing was measured. */
export interface CallLatency {
  answerToSpeechMs: number | null;
  turnMs: { p50: number; p95: number; max: number } | null;
  speechToTextMs: number | null;
  languageModelMs: number | null;
  textToSpeechMs: number | null;
}

export interface ConversationEnd {
  reason: ConversationEndReason;
  carrierCode: number | null;
  /** Null where nobody answered. */
  answeredBy: AnsweredBy | null;
  latency: CallLatency;
}

/** What a conversation tells while it lasts. Nothing follows `ended`, which comes exactly once. */
export interface ConversationListener {
  /** An entry that will not change any more. Entries come in the order in which they ended. */
  said(entry: TranscriptEntry): void;
  /** What is understood so far of the words that the person is speaking, for those who watch live. */
  hearing(text: string): void;
  /** The person was told that the call is recorded, and heard it to its end; at most once. */
  recordingAnnounced(atMs: number): void;
  /** Sound as it was heard, for a recorder: that of the person as it came, that of the agent as the line played it. */
  sound(side: 'person' | 'agent', samples: Int16Array, atMs: number): void;
  turnAnswered(latency: TurnLatency): void;
  /** Who answered, as soon as it is known; a second time only where `unknown` turns out to be `human`. */
  answeredBy(who: AnsweredBy): void;
  /** The agent noted something that belongs into the call's data. */
  noted(name: string, value: string): void;
  /** The person does not want to be called any more. */
  doNotCall(): void;
  ended(end: ConversationEnd): void;
}
