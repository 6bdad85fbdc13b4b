import type { KnownApiServer } from '../../config/api-server.js';
import { FRAME_MS } from '../../common/sound.js';
import { ProviderError } from '../../common/provider-error.js';
import { refusalOf } from '../../common/refusal.js';
import { Timers } from '../../common/timers.js';
import type { Recognition, RecognitionListener, SpeechRecognizer } from './speech-recognizer.js';
import { type RecognizedTurn, TurnByTurn } from './turn-by-turn.js';
import { wavOf } from './wav-file.js';

/** Longest turn; later sound of it is ignored. */
const MAX_TURN_MS = 60_000;
/** Nobody waits longer for an answer. */
const TIMEOUT_MS = 5000;
const MAX_ANSWER_BYTES = 64 * 1024;

interface Asking {
  server: KnownApiServer;
  language: string;
  timers: Timers;
}

/** Reads a response up to a limit that is longer than any turn. */
async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk as Uint8Array);
    size += (chunk as Uint8Array).length;
    if (size > MAX_ANSWER_BYTES) throw new ProviderError('nonsense', 'the answer is too large');
  }
  let answer: { text?: unknown } | null = null;
  try {
    answer = JSON.parse(Buffer.concat(chunks).toString()) as { text?: unknown } | null;
  } catch {
    // The parser's error would quote the response.
  }
  if (typeof answer?.text !== 'string') throw new ProviderError('nonsense', 'the answer has no text');
  return answer.text.trim();
}

/** One turn: its sound is kept until its end, and then sent. */
class TranscribedTurn implements RecognizedTurn {
  private readonly frames: Int16Array[] = [];
  private readonly over = new AbortController();

  constructor(private readonly asking: Asking) {}

  write(samples: Int16Array): void {
    if (this.frames.length * FRAME_MS < MAX_TURN_MS) this.frames.push(samples.slice());
  }

  async finish(): Promise<string> {
    let isLate = false;
    const stopWaiting = this.asking.timers.after(TIMEOUT_MS, () => {
      isLate = true;
      this.over.abort();
    });
    try {
      return await readText(await this.ask());
    } catch (error) {
      if (isLate) throw new ProviderError('late', 'no answer came');
      throw error instanceof ProviderError ? error : new ProviderError('unavailable', 'it cannot be reached');
    } finally {
      stopWaiting();
      this.over.abort();
    }
  }

  close(): void {
    this.over.abort();
  }

  private async ask(): Promise<Response> {
    const { server, language } = this.asking;
    const form = new FormData();
    form.set('file', new Blob([wavOf(this.frames.splice(0))], { type: 'audio/wav' }), 'turn.wav');
    form.set('model', server.model);
    form.set('language', language.split('-')[0].toLowerCase());
    form.set('response_format', 'json');
    const response = await fetch(`${server.url}/audio/transcriptions`, {
      method: 'POST',
      headers: server.apiKey === undefined ? {} : { authorization: `Bearer ${server.apiKey}` },
      body: form,
      // A redirect must not receive the key.
      redirect: 'error',
      signal: this.over.signal,
    });
    if (response.status === 200) return response;
    await response.body?.cancel();
    throw refusalOf(response);
  }
}

/** Speech to text behind OpenAI's `/v1/audio/transcriptions`, whoever serves it: each turn is a WAV file, sent when it is over. */
export class TranscriptionServer implements SpeechRecognizer {
  readonly name: string;

  constructor(
    private readonly server: KnownApiServer,
    private readonly timers: Timers,
  ) {
    this.name = `${server.model} at ${new URL(server.url).host}`;
  }

  knows(): boolean {
    return true;
  }

  open(language: string, listener: RecognitionListener): Recognition {
    const { server, timers } = this;
    return new TurnByTurn(() => new TranscribedTurn({ server, language, timers }), listener);
  }
}
