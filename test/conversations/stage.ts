import { Conversation } from '../../src/conversations/conversation.js';
import { ConversationEnd, TranscriptEntry, TurnLatency } from '../../src/conversations/conversation-events.js';
import { ConversationSettings } from '../../src/conversations/conversation-settings.js';
import { ChatPart, ChatRequest, LanguageModel } from '../../src/llm/language-model.js';
import { loadVoiceActivity } from '../../src/speech/fvad.js';
import { RecognitionListener, SpeechRecognizer } from '../../src/speech/recognition/speech-recognizer.js';
import { SpeechSynthesizer } from '../../src/speech/synthesis/speech-synthesizer.js';
import { LineCall } from '../../src/telephony/phone-line.js';
import { StageTimers } from './stage-timers.js';

const FRAME = 320;
/** Sound of one character: 50 ms at 16 kHz. */
const CHARACTER = 800;
const QUIET = new Int16Array(FRAME);

/** Text as sound that tells which text it is: each character is 50 ms of its own code. */
function soundOf(text: string): Int16Array {
  return new Int16Array(text.length * CHARACTER).map((_, at) => 100 * text.charCodeAt(Math.floor(at / CHARACTER)));
}

/** A vowel of 120 Hz: what a detector of voice takes for one. */
function vowel(from: number): Int16Array {
  return new Int16Array(FRAME).map((_, at) => {
    const t = (from + at) / 16_000;
    const tones = [1, 2, 3, 4, 5, 6].map((n) => Math.sin(2 * Math.PI * 120 * n * t) / n);
    return 6000 * tones.reduce((sum, tone) => sum + tone, 0) * (0.7 + 0.3 * Math.sin(2 * Math.PI * 4 * t));
  });
}

/** The beep of an answering machine, 987 Hz. */
function tone(from: number): Int16Array {
  return new Int16Array(FRAME).map((_, at) => 8000 * Math.sin((2 * Math.PI * 987 * (from + at)) / 16_000));
}

/** A line that plays by the stage's clock and keeps what was heard, and when. */
class StageLine implements LineCall {
  playedSamples = 0;
  isGone = false;
  readonly pressed: string[] = [];
  readonly transfers: string[] = [];
  transferFails = false;
  heard: { at: number; code: number }[] = [];
  private queue: number[] = [];

  constructor(
    private readonly timers: StageTimers,
    private readonly gone: () => void,
  ) {}

  get waitingSamples(): number {
    return this.queue.length;
  }

  play(samples: Int16Array): void {
    for (const sample of samples) this.queue.push(sample);
  }

  clear(): void {
    this.queue = [];
  }

  pressDigits(digits: string): void {
    this.pressed.push(digits);
  }

  async transfer(to: string): Promise<void> {
    this.transfers.push(to);
    if (this.transferFails) throw new Error('declined');
  }

  hangUp(): void {
    if (!this.isGone) this.timers.after(20, this.gone);
    this.isGone = true;
  }

  /** Plays the next 20 ms. */
  step(): void {
    const frame = this.queue.splice(0, FRAME);
    this.playedSamples += frame.length;
    for (const sample of frame) this.heard.push({ at: this.timers.now(), code: sample });
  }

  /** What was heard until now, by the codes of its sound; at a quarter of its loudness a code is below that of a blank. */
  get text(): string {
    const codes = this.heard.filter((_, at) => at % CHARACTER === 0).map(({ code }) => code);
    return codes.map((code) => String.fromCharCode(code < 3200 ? code / 25 : code / 100)).join('');
  }

  get lastHeardAt(): number | null {
    return this.heard.at(-1)?.at ?? null;
  }
}

/** What a model answers to a turn: its parts, each after so many milliseconds. Throwing stands for a provider that fails. */
export type Answering = (request: ChatRequest, timers: StageTimers) => AsyncIterable<ChatPart>;

/** An answer of one text, after so many milliseconds. */
export function says(text: string, afterMs = 0): Answering {
  return async function* (_, timers) {
    if (afterMs > 0) await timers.pause(afterMs);
    yield { type: 'text', text };
  };
}

/** A use of a tool, with words before it. */
export function uses(name: string, given: object, words = ''): Answering {
  return async function* () {
    if (words !== '') yield { type: 'text', text: words };
    yield { type: 'tool-call', call: { id: `call-${name}`, name, arguments: JSON.stringify(given) } };
  };
}

const SETTINGS: ConversationSettings = {
  greeting: 'Hello from Ada.',
  disclosure: '',
  isRecorded: false,
  instruction: 'Be kind.',
  startedAt: new Date('2026-03-04T10:00:00Z'),
  timeZone: 'UTC',
  voiceId: null,
  language: 'en',
  maxSeconds: 600,
  silenceSeconds: 6,
  transferTo: [],
  voicemailMessage: null,
};

export interface StageOptions {
  settings?: Partial<ConversationSettings>;
  hasRecognizer?: boolean;
  synthesizer?: SpeechSynthesizer;
}

/** A conversation with all that is around it, told in milliseconds. */
export class Stage {
  readonly timers = new StageTimers();
  readonly said: TranscriptEntry[] = [];
  readonly turns: TurnLatency[] = [];
  readonly notes: [string, string][] = [];
  readonly requests: ChatRequest[] = [];
  readonly answers: Answering[] = [];
  readonly ends: ConversationEnd[] = [];
  readonly answeredBy: [who: string, atMs: number][] = [];
  readonly announcedAt: number[] = [];
  doNotCalls = 0;
  words: RecognitionListener | null = null;
  /** How often a recognizer was opened. */
  openings = 0;
  conversation: Conversation;
  line: StageLine;
  private voicedUntil = 0;
  private beepsUntil = 0;
  private sample = 0;

  static async open(options: StageOptions = {}): Promise<Stage> {
    const stage = new Stage();
    const makeVoiceActivity = await loadVoiceActivity();
    const line = new StageLine(stage.timers, () => {
      stage.conversation.lineEnded({ reason: 'hung-up-here', carrierCode: null });
    });
    stage.line = line;
    const model: LanguageModel = { name: 'stage', stream: (request) => stage.ask(request) };
    const synthesizer: SpeechSynthesizer = options.synthesizer ?? {
      name: 'stage',
      async *speak({ text }) {
        yield soundOf(text);
      },
    };
    const recognizer = options.hasRecognizer ? stage.recognizer() : null;
    stage.conversation = new Conversation(
      {
        timers: stage.timers,
        clock: stage.timers,
        line,
        model,
        synthesizer,
        recognizer,
        voiceActivity: makeVoiceActivity(),
      },
      { ...SETTINGS, ...options.settings },
      {
        said: (entry) => stage.said.push(entry),
        hearing: () => {},
        recordingAnnounced: (atMs) => stage.announcedAt.push(atMs),
        sound: () => {},
        turnAnswered: (latency) => stage.turns.push(latency),
        answeredBy: (who) => stage.answeredBy.push([who, stage.timers.now()]),
        noted: (name, value) => stage.notes.push([name, value]),
        doNotCall: () => (stage.doNotCalls += 1),
        ended: (end) => stage.ends.push(end),
      },
    );
    return stage;
  }

  /** It rings for a second and is answered: moment 0 of all that follows. */
  async answer(): Promise<void> {
    this.conversation.prepare();
    await this.run(1000, false);
    this.timers.restart();
    this.conversation.answered();
  }

  /** Lets time pass in frames of 20 ms; the person is quiet, or speaks as `speaks` said. */
  async run(milliseconds: number, hasFrames = true): Promise<void> {
    const end = this.timers.now() + milliseconds;
    while (this.timers.now() < end) {
      await this.timers.advance(20);
      this.line.step();
      if (!hasFrames || this.ends.length > 0) continue;
      this.conversation.frame(this.nextFrame());
    }
  }

  /** The person speaks from now on for so long. */
  speaks(milliseconds: number): void {
    this.voicedUntil = this.timers.now() + milliseconds;
  }

  /** The machine at the other end beeps from now on for so long. */
  beeps(milliseconds: number): void {
    this.beepsUntil = this.timers.now() + milliseconds;
  }

  private nextFrame(): Int16Array {
    this.sample += FRAME;
    if (this.timers.now() <= this.beepsUntil) return tone(this.sample);
    return this.timers.now() <= this.voicedUntil ? vowel(this.sample) : QUIET;
  }

  private async *ask(request: ChatRequest): AsyncIterable<ChatPart> {
    this.requests.push(structuredClone({ ...request, signal: undefined }) as unknown as ChatRequest);
    const answering = this.answers.shift() ?? says('Fine.');
    yield* answering(request, this.timers);
  }

  private recognizer(): SpeechRecognizer {
    return {
      name: 'stage',
      knows: () => true,
      open: (_, listener) => {
        this.words = listener;
        this.openings += 1;
        return { write: () => {}, finishTurn: () => new Promise(() => {}), close: () => {} };
      },
    };
  }
}
