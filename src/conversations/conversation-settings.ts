import { LanguageModel } from '../llm/language-model.js';
import { SpeechRecognizer } from '../speech/recognition/speech-recognizer.js';
import { SpeechSynthesizer } from '../speech/synthesis/speech-synthesizer.js';
import { VoiceActivity } from '../speech/voice-activity.js';
import { LineCall } from '../telephony/phone-line.js';
import { Timers } from '../common/timers.js';

/** The line, providers and clocks that a conversation uses. */
export interface ConversationParts {
  timers: Timers;
  /** Counts how long the call lasts; a second late at most. */
  clock: Pick<Timers, 'after'>;
  line: LineCall;
  model: LanguageModel;
  synthesizer: SpeechSynthesizer;
  /** Null: turns are detected, but their words are unknown. */
  recognizer: SpeechRecognizer | null;
  /** Must not be shared between calls: it has state. */
  voiceActivity: VoiceActivity;
}

/** What is said and how, decided before the call. */
export interface ConversationSettings {
  /** Spoken at the answer, word for word. */
  greeting: string;
  /** Spoken before the greeting; empty for none. */
  disclosure: string;
  /** The call is recorded: the person is told so after the disclosure, and before anything is recorded. */
  isRecorded: boolean;
  /** The agent's instruction, its variables filled in. The rules of the phone are added here. */
  instruction: string;
  /** The moment of the call, and the time zone in which the agent speaks of it. */
  startedAt: Date;
  timeZone: string;
  voiceId: string | null;
  /** BCP 47. */
  language: string;
  temperature?: number;
  /** From the answer on. */
  maxSeconds: number;
  /** Both sides quiet for so long end the call. */
  silenceSeconds: number;
  /** Numbers in E.164 to which the agent may transfer; none: it is offered no transfer. */
  transferTo: string[];
  /** Left on an answering machine after its beep; null: the agent hangs up on machines. */
  voicemailMessage: string | null;
}
