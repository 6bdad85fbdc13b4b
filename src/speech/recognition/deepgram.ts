import { SAMPLE_RATE } from '../../common/sound.js';
import { Timers } from '../../common/timers.js';
import { type DeepgramAddress, DeepgramConnection, type DeepgramMessage } from './deepgram-connection.js';
import { DeepgramSettings } from './deepgram.settings.js';
import type { Recognition, RecognitionListener, SpeechRecognizer } from './speech-recognizer.js';

/** Deepgram closes connections that send nothing for ten seconds. */
const KEEP_ALIVE_MS = 4000;
/** Longest wait for a turn's last words. Later ones are still passed on. */
const FINALIZE_MS = 600;
/** Silence after which Deepgram ends a piece of a turn. */
const ENDPOINTING_MS = 300;

/** The transcription of one call while it goes on. */
class DeepgramRecognition implements Recognition {
  private readonly connection: DeepgramConnection;
  private finishing: (() => void)[] = [];
  private hasSent = false;
  private isOver = false;
  private stopKeeping: () => void = () => undefined;

  private readonly timers: Timers;

  constructor(
    address: DeepgramAddress,
    private readonly listener: RecognitionListener,
  ) {
    this.timers = address.timers;
    this.connection = new DeepgramConnection(address, {
      message: (message) => this.understand(message),
      failed: (error) => {
        this.settle();
        listener.failed(error);
      },
    });
    this.keepAlive();
  }

  write(frame: Int16Array): void {
    this.hasSent = true;
    this.connection.sound(frame);
  }

  finishTurn(): Promise<void> {
    if (this.isOver) return Promise.resolve();
    this.connection.tell('Finalize');
    return new Promise((resolve) => {
      const stopWaiting = this.timers.after(FINALIZE_MS, resolve);
      this.finishing.push(() => {
        stopWaiting();
        resolve();
      });
    });
  }

  close(): void {
    this.settle();
    this.connection.close();
  }

  private understand({ type, is_final, from_finalize, channel }: DeepgramMessage): void {
    if (type !== 'Results') return;
    const transcript = channel?.alternatives?.[0]?.transcript;
    const text = typeof transcript === 'string' ? transcript.trim() : '';
    // Empty ones are normal: nothing was said meanwhile.
    if (text !== '') {
      if (is_final === true) this.listener.final(text);
      else this.listener.interim(text);
    }
    if (from_finalize === true) this.finished();
  }

  private finished(): void {
    for (const finish of this.finishing.splice(0)) finish();
  }

  private settle(): void {
    this.isOver = true;
    this.stopKeeping();
    this.finished();
  }

  private keepAlive(): void {
    this.stopKeeping = this.timers.after(KEEP_ALIVE_MS, () => {
      if (!this.hasSent) this.connection.tell('KeepAlive');
      this.hasSent = false;
      this.keepAlive();
    });
  }
}

/** Speech to text by Deepgram, over a WebSocket that is open as long as the call. */
export class Deepgram implements SpeechRecognizer {
  readonly name = 'Deepgram';

  constructor(
    private readonly settings: DeepgramSettings,
    private readonly timers: Timers,
  ) {}

  knows(): boolean {
    return true;
  }

  open(language: string, listener: RecognitionListener): Recognition {
    const { DEEPGRAM_URL, DEEPGRAM_API_KEY: apiKey = '', DEEPGRAM_MODEL: model } = this.settings;
    const query = new URLSearchParams({
      model,
      language,
      encoding: 'linear16',
      sample_rate: String(SAMPLE_RATE),
      channels: '1',
      interim_results: 'true',
      endpointing: String(ENDPOINTING_MS),
      smart_format: 'true',
    });
    const url = `${DEEPGRAM_URL.replace(/^http/, 'ws').replace(/\/+$/, '')}/v1/listen?${query.toString()}`;
    return new DeepgramRecognition({ url, apiKey, timers: this.timers }, listener);
  }
}
