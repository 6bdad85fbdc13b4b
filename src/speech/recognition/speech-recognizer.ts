import type { ProviderError } from '../../common/provider-error.js';

/** The port between a conversation and speech to text. */
export interface RecognitionListener {
  /** What was understood so far of the words being spoken; replaces the last interim text. */
  interim(text: string): void;
  /** A piece that will not change any more. Pieces of one turn are joined by blanks. */
  final(text: string): void;
  /** The recognizer gave up; the conversation opens another or goes on without words. Comes at most once. */
  failed(error: ProviderError): void;
}

/** Speech to text for one call, open from the answer to its end. No method throws. */
export interface Recognition {
  /** One frame of 20 ms, 16-bit mono PCM at 16 kHz, voiced or not. */
  write(frame: Int16Array): void;
  /** The person stopped speaking: what is known is to be told soon, as `final`. Resolves when nothing more of that turn will come. */
  finishTurn(): Promise<void>;
  close(): void;
}

export interface SpeechRecognizer {
  /** As it is named in the log and in `/health/ready`. */
  readonly name: string;
  /** Whether it understands a language, by its BCP 47 tag. */
  knows(language: string): boolean;
  /** `language` is one that it knows. Returns at once; a connection may be made later, and its failure is told to the listener. */
  open(language: string, listener: RecognitionListener): Recognition;
}
