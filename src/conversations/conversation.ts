import { LineEnd } from '../telephony/phone-line.js';
import { AgentSide } from './agent-side.js';
import { AnsweredBy, ConversationEndReason, ConversationListener, TurnLatency } from './conversation-events.js';
import { ConversationParts, ConversationSettings } from './conversation-settings.js';
import { Ending } from './ending.js';
import { Hearing } from './hearing.js';
import { Interruption } from './interruption.js';
import { LatencyFigures } from './latency.js';
import { maskedDigits } from './mask.js';
import { Phrases, phrasesFor } from './phrases.js';
import { PressedDigits } from './pressed-digits.js';
import { Silence } from './silence.js';
import { Spoken } from './speaker.js';
import { CallTools } from './tools.js';
import { Transcript } from './transcript.js';
import { Turn } from './turn-detector.js';

const SECOND_MS = 1000;
const TIME_IS_SHORT_MS = 20 * SECOND_MS;
/** Shorter voice is noise of the line, and ends no silence. */
const SIGN_OF_LIFE_MS = 300;
/** Shorter noise without words is passed over. */
const BLIP_MS = 700;
const MAX_TYPED = 2000;

/**
 * One call, from before its answer to its end: hears the person, has a model answer, speaks the answer. What happens on the line is told
 * to its methods; what comes of it goes to the line and to the listener.
 */
export class Conversation {
  private answeredAt: number | null = null;
  private isOver = false;
  private who: AnsweredBy | null = null;
  private readonly cancels: (() => void)[] = [];
  private readonly figures = new LatencyFigures();
  private readonly phrases: Phrases;
  private readonly transcript: Transcript;
  private readonly agent: AgentSide;
  private readonly hearing: Hearing;
  private readonly interruption: Interruption;
  private readonly silence: Silence;
  private readonly ending: Ending;
  private readonly digits: PressedDigits;
  private readonly tools: CallTools;

  constructor(
    private readonly parts: ConversationParts,
    private readonly settings: ConversationSettings,
    private readonly listener: ConversationListener,
  ) {
    const { timers, line, recognizer } = parts;
    this.phrases = phrasesFor(settings.language);
    this.transcript = new Transcript((entry) => listener.said(entry));
    this.ending = new Ending(timers, line, (end) => this.lineEnded(end));
    this.agent = this.makeAgent();
    this.interruption = new Interruption(timers, this.agent.speaker, recognizer !== null, () => this.agent.giveUp());
    this.hearing = this.makeHearing();
    const ask = () => this.say(this.phrases.areYouThere);
    this.silence = new Silence(timers, settings.silenceSeconds * SECOND_MS, ask, () => this.ending.hangUp('silence'));
    this.digits = new PressedDigits(timers, (pressed) => this.take(`[pressed ${pressed}]`, maskedDigits(pressed)));
    this.tools = this.makeTools();
  }

  /** Makes the greeting, while it rings. */
  prepare(): void {
    this.agent.prepare(this.settings.disclosure, this.settings.greeting);
  }

  answered(): void {
    if (this.answeredAt !== null || this.isOver) return;
    const { timers } = this.parts;
    this.answeredAt = timers.now();
    this.transcript.start(this.answeredAt);
    this.hearing.open();
    const maxMs = this.settings.maxSeconds * SECOND_MS;
    this.cancels.push(timers.after(maxMs, () => this.ending.hangUp('max-duration')));
    if (maxMs > 2 * TIME_IS_SHORT_MS) this.cancels.push(timers.after(maxMs - TIME_IS_SHORT_MS, () => this.warnOfEnd()));
    this.interruption.isGreeting = true;
    this.agent.speaker.letGo();
    this.listen();
  }

  /** A frame of the person's sound. */
  frame(samples: Int16Array): void {
    if (this.answeredAt === null || this.isOver) return;
    this.listener.sound('person', samples, this.sinceAnswer());
    this.hearing.frame(samples);
  }

  digit(digit: string): void {
    if (this.answeredAt !== null && !this.isOver) this.digits.press(digit);
  }

  /** Typed words count as spoken ones, and as a whole turn. */
  typed(text: string): void {
    const words = text.trim().slice(0, MAX_TYPED);
    if (this.answeredAt !== null && !this.isOver && words !== '') this.take(words, words);
  }

  /** Ends the call, after a goodbye where one is given. Before an answer it cancels the call. */
  end(reason: ConversationEndReason, goodbye = ''): void {
    if (this.isOver || this.ending.hasBegun) return;
    if (this.answeredAt === null || goodbye === '') return this.ending.hangUp(reason);
    this.endWith(goodbye, reason);
  }

  lineEnded(end: LineEnd): void {
    if (this.isOver) return;
    this.agent.giveUp();
    this.isOver = true;
    for (const cancel of this.cancels) cancel();
    for (const part of [this.agent, this.interruption, this.hearing, this.ending, this.digits]) part.close();
    this.silence.end();
    const reason = this.ending.reasonFor(end);
    const answeredBy = this.answeredAt === null ? null : (this.who ?? 'unknown');
    this.listener.ended({ reason, carrierCode: end.carrierCode, answeredBy, latency: this.figures.summary() });
  }

  private sinceAnswer(): number {
    return this.transcript.since(this.parts.timers.now());
  }

  private makeAgent(): AgentSide {
    return new AgentSide(this.parts, this.settings, this.phrases, {
      heard: (samples) => this.listener.sound('agent', samples, this.sinceAnswer()),
      sounding: () => this.sounding(),
      answered: (latency) => this.answeredIn(latency),
      spoken: (spoken) => this.spoken(spoken),
      speechless: () => this.ending.hangUp('speech-unavailable'),
      thoughtless: () => this.endWith(this.phrases.cannotGoOn, 'language-model-unavailable'),
    });
  }

  private makeHearing(): Hearing {
    const { timers, voiceActivity, recognizer } = this.parts;
    return new Hearing(timers, voiceActivity, recognizer, this.settings.language, {
      voice: (milliseconds) => {
        if (milliseconds >= SIGN_OF_LIFE_MS) this.silence.personThere();
        this.interruption.voice(milliseconds);
      },
      voiceStopped: () => this.interruption.voiceStopped(),
      words: (text) => {
        this.silence.personThere();
        this.listener.hearing(text);
        this.interruption.words(text);
      },
      turnEnded: (turn) => this.turnEnded(turn),
    });
  }

  private makeTools(): CallTools {
    return new CallTools(this.parts.line, this.settings.transferTo, {
      quiet: () => this.agent.speaker.whenQuiet(),
      noted: (name, value) => this.listener.noted(name, value),
      doNotCall: () => this.listener.doNotCall(),
      endAfterGoodbye: () => this.leave('agent-hung-up'),
      transferred: () => this.ending.hangUp('transferred'),
    });
  }

  /** Begins to wait for somebody to speak, if nobody does. */
  private listen(): void {
    const isQuiet = !this.agent.isBusy && !this.hearing.turns.isActive;
    if (isQuiet && !this.isOver && !this.ending.hasBegun) this.silence.begin();
    else this.silence.end();
  }

  private turnEnded(turn: Turn): void {
    const isBlip = turn.text === '' && turn.voicedMs < BLIP_MS;
    const shown = turn.text || `[speech ${(turn.voicedMs / SECOND_MS).toFixed(1)} s]`;
    if (!isBlip) this.transcript.add('person', shown, turn.startedAt, turn.endedAt);
    if (this.ending.hasBegun || this.interruption.passesOver(turn.text)) return;
    if (isBlip) return this.listen();
    if (turn.text === '' && this.parts.recognizer !== null) return this.say(this.phrases.notUnderstood);
    this.answer(shown, turn.speechToTextMs);
  }

  /** Words that came otherwise than by voice. */
  private take(words: string, shown: string): void {
    const now = this.parts.timers.now();
    if (!this.ending.hasBegun) this.agent.giveUp();
    this.transcript.add('person', shown, now, now);
    if (!this.ending.hasBegun) this.answer(words, null);
  }

  private answer(words: string, speechToTextMs: number | null): void {
    this.interruption.close();
    this.silence.personThere();
    this.agent.answer(words, speechToTextMs, this.tools);
  }

  private say(text: string): void {
    this.interruption.close();
    this.silence.end();
    this.agent.say(text);
  }

  /** From now on nothing stops the way to the end. */
  private leave(reason: ConversationEndReason): void {
    this.interruption.isBlocked = true;
    this.agent.isLeaving = true;
    this.silence.end();
    this.ending.begin(reason);
  }

  private endWith(goodbye: string, reason: ConversationEndReason): void {
    this.leave(reason);
    this.agent.say(goodbye);
  }

  private warnOfEnd(): void {
    const isQuiet = !this.agent.isBusy && !this.hearing.turns.isActive;
    if (isQuiet && !this.ending.hasBegun) this.say(this.phrases.timeIsShort);
  }

  private sounding(): void {
    if (this.answeredAt === null) return;
    this.figures.answerToSpeechMs ??= this.parts.timers.now() - this.answeredAt;
    if (this.ending.hasBegun) this.ending.goodbyeSounds();
  }

  private answeredIn(latency: TurnLatency): void {
    this.figures.add(latency);
    this.listener.turnAnswered(latency);
  }

  private spoken({ text, startedAt, endedAt, isCut }: Spoken): void {
    this.interruption.isGreeting = false;
    this.transcript.add('agent', text, startedAt, endedAt, isCut);
    if (this.isOver || isCut) return;
    if (this.ending.hasBegun) this.ending.wordsAreOver();
    else this.listen();
  }
}
