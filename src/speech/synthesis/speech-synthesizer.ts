/** The port between a conversation and text to speech. */
export interface SpeechRequest {
  /** One sentence or clause, already made speakable. */
  text: string;
  /** Id of a voice in the list of voices; null for the default one. */
  voiceId: string | null;
  /** Ends the synthesis; the stream then ends without an error. */
  signal: AbortSignal;
}

export interface SpeechSynthesizer {
  /** As it is named in the log and in `/health/ready`. */
  readonly name: string;
  /** Streams 16-bit mono PCM at 16 kHz in pieces of any length. Throws when the provider fails. */
  speak(request: SpeechRequest): AsyncIterable<Int16Array>;
}

/** A synthesizer that has some of the voices. */
export interface VoiceProvider extends SpeechSynthesizer {
  hasVoice(voiceId: string): boolean;
}
