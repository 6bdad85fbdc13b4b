import { ConversationParts, ConversationSettings } from './conversation-settings.js';
import { TurnLatency } from './conversation-events.js';
import { History } from './history.js';
import { TurnTimes } from './latency.js';
import { Patience } from './patience.js';
import { Phrases } from './phrases.js';
import { systemPrompt } from './prompt.js';
import { Reply, ReplyOutcome } from './reply.js';
import { Sentences } from './sentences.js';
import { Speaker, Spoken } from './speaker.js';
import { Segment } from './speech.js';
import { CallTools } from './tools.js';

export interface AgentListener {
  heard(samples: Int16Array): void;
  /** The person has heard that the call is recorded; once. */
  recordingAnnounced(): void;
  /** The agent's sound has begun. */
  sounding(): void;
  answered(latency: TurnLatency): void;
  /** The agent's speech has ended, or was cut off. */
  spoken(spoken: Spoken): void;
  speechless(): void;
  /** The language model failed, so the conversation cannot go on. */
  thoughtless(): void;
}

/** The agent's side of a conversation: asks the model for answers and speaks them one at a time. */
export class AgentSide {
  readonly speaker: Speaker;
  private readonly history: History;
  private readonly patience: Patience;
  private reply: Reply | null = null;
  /** Resolves when earlier replies no longer change the history. */
  private working: Promise<unknown> = Promise.resolve();
  private times: TurnTimes | null = null;
  private failures = 0;
  /** The person must still be told that the call is recorded. */
  private isNoticeDue: boolean;
  private notice: Segment | null = null;
  /** The call ends when the current speech has ended. */
  isLeaving = false;

  constructor(
    private readonly parts: ConversationParts,
    private readonly settings: ConversationSettings,
    private readonly phrases: Phrases,
    private readonly listener: AgentListener,
  ) {
    const { timers, line, synthesizer } = parts;
    this.history = new History(systemPrompt(settings));
    this.speaker = new Speaker(timers, line, synthesizer, settings.voiceId, {
      sounding: (segment) => this.sounding(segment),
      spoken: (spoken) => this.spoken(spoken),
      speechless: () => listener.speechless(),
      heard: (samples) => {
        listener.heard(samples);
        this.checkNotice();
      },
    });
    this.isNoticeDue = settings.isRecorded;
    const fill = (which: 0 | 1) => this.speaker.say(phrases.fillers[which], true);
    this.patience = new Patience(timers, fill, () => listener.thoughtless());
  }

  /** True while the agent speaks or is about to. */
  get isBusy(): boolean {
    return this.speaker.isSpeaking || this.reply !== null;
  }

  /** Synthesizes the greeting ahead of time; it is played from `speaker.letGo` on. */
  prepare(): void {
    this.speaker.beginHeld();
    this.add(this.settings.disclosure);
    this.announce();
    this.add(this.settings.greeting);
    this.speaker.complete();
  }

  /** Says a fixed text, in place of any current speech. */
  say(text: string): void {
    this.giveUp();
    this.speaker.sayAll(text);
  }

  /** Answers what the person said. */
  answer(words: string, speechToTextMs: number | null, tools: CallTools): void {
    this.giveUp();
    const { timers, model } = this.parts;
    const { speaker, history } = this;
    const { temperature } = this.settings;
    this.times = new TurnTimes(timers.now(), speechToTextMs);
    speaker.begin();
    this.announce();
    this.patience.begin();
    const reply = new Reply({ timers, model, temperature, speaker, history, tools }, this.times);
    this.reply = reply;
    void reply.start(words, this.working).then((outcome) => this.replied(reply, outcome));
    this.working = reply.done;
  }

  /** Stops speaking. Order matters: first the line falls silent, then synthesizer and model stop, then the history is cut to what was heard. */
  giveUp(): void {
    this.patience.end();
    this.speaker.cut(() => this.reply?.abort());
    this.reply = null;
  }

  close(): void {
    this.giveUp();
    this.speaker.close();
  }

  private add(text: string): void {
    const sentences = new Sentences();
    for (const sentence of [...sentences.push(text), ...sentences.flush()]) this.speaker.say(sentence);
  }

  /** Says that the call is recorded, until the person has heard it completely. */
  private announce(): void {
    this.speaker.mustBeHeard = this.isNoticeDue;
    if (this.isNoticeDue) this.notice = this.speaker.say(this.phrases.isRecorded, true);
  }

  private checkNotice(): void {
    const { notice, speaker } = this;
    if (!this.isNoticeDue || !notice?.isWhole || notice.samples === 0 || !speaker.said.includes(notice)) return;
    if (speaker.playback.heard < notice.start + notice.samples) return;
    this.isNoticeDue = this.speaker.mustBeHeard = false;
    this.listener.recordingAnnounced();
  }

  private replied(reply: Reply, outcome: ReplyOutcome): void {
    if (this.reply !== reply) return;
    this.patience.end();
    this.reply = null;
    if (outcome === 'failed') return this.failed();
    this.failures = 0;
    this.speaker.complete();
  }

  private failed(): void {
    this.failures += 1;
    if (!this.isLeaving && this.failures > 1) return this.listener.thoughtless();
    this.speaker.say(this.isLeaving ? this.phrases.goodbye : this.phrases.sayAgain);
    this.speaker.complete();
  }

  private sounding({ isFiller }: Segment): void {
    this.listener.sounding();
    if (isFiller) return;
    this.patience.end();
    const latency = this.times?.answered(this.parts.timers.now());
    if (latency) this.listener.answered(latency);
  }

  private spoken(spoken: Spoken): void {
    const wasReply = this.times !== null;
    this.times = null;
    if (wasReply) this.history.settle(spoken.heard, spoken.isCut);
    else if (spoken.text !== '') this.history.addSpoken(spoken.isCut ? `${spoken.text}—` : spoken.text);
    this.listener.spoken(spoken);
  }
}
