import { FailOver } from '../../common/fail-over.js';
import { ProviderError } from '../../common/provider-error.js';
import type { Recognition, RecognitionListener, SpeechRecognizer } from './speech-recognizer.js';

/** The hearing of one call: by the first recognizer that does not fail. */
class ChainedRecognition implements Recognition {
  private readonly waiting: SpeechRecognizer[];
  private recognition: Recognition | null = null;
  /** What the recognizer that is asked now came to, for the next calls. */
  private conclude: () => void = () => undefined;
  private isOver = false;

  constructor(
    recognizers: SpeechRecognizer[],
    private readonly failOver: FailOver<SpeechRecognizer>,
    private readonly language: string,
    private readonly listener: RecognitionListener,
  ) {
    this.waiting = failOver.worthATry(recognizers);
    this.next();
  }

  write(frame: Int16Array): void {
    this.recognition?.write(frame);
  }

  async finishTurn(): Promise<void> {
    await this.recognition?.finishTurn();
  }

  close(): void {
    this.isOver = true;
    this.conclude();
    this.recognition?.close();
  }

  private next(): void {
    const recognizer = this.waiting.shift();
    if (!recognizer || this.isOver) return;
    const breaker = this.failOver.breakerOf(recognizer);
    let isCurrent = true;
    let hasHeard = false;
    breaker.begin();
    this.conclude = () => {
      isCurrent = false;
      if (hasHeard) breaker.succeeded();
      else breaker.calledOff();
    };
    const hear = (tell: () => void) => {
      if (!isCurrent) return;
      hasHeard = true;
      tell();
    };
    this.recognition = recognizer.open(this.language, {
      interim: (text) => hear(() => this.listener.interim(text)),
      final: (text) => hear(() => this.listener.final(text)),
      failed: (error) => {
        if (!isCurrent) return;
        isCurrent = false;
        this.conclude = () => undefined;
        this.replace(recognizer, error);
      },
    });
  }

  private replace(recognizer: SpeechRecognizer, error: ProviderError): void {
    this.failOver.failed(recognizer, error, this.waiting[0]);
    this.recognition = null;
    if (this.waiting.length > 0) return this.next();
    this.listener.failed(error);
  }
}

/** Several recognizers as one: another takes over when one fails, and one that fails often is left alone for a while. */
export class RecognizerChain implements SpeechRecognizer {
  readonly name: string;

  constructor(
    private readonly recognizers: SpeechRecognizer[],
    private readonly failOver: FailOver<SpeechRecognizer>,
  ) {
    this.name = recognizers.map(({ name }) => name).join(', then ');
  }

  knows(): boolean {
    return true;
  }

  open(language: string, listener: RecognitionListener): Recognition {
    return new ChainedRecognition(this.recognizers, this.failOver, language, listener);
  }
}
