import { LineEnd } from '../telephony/phone-line.js';
import { AgentSide } from './agent-side.js';
import { AnsweringParty } from './answering-party.js';
import { AnsweredBy, ConversationEndReason, ConversationListener } from './conversation-events.js';
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
import { TimeLimit } from './time-limit.js';
import { CallTools } from './tools.js';
import { Transcript } from './transcript.js';
import { isBlip, shownWords, Turn } from './turn-detector.js';

const SECOND_MS = 1000;
/** Shorter voice counts as line noise and does not end a silence. */
const SIGN_OF_LIFE_MS = 300;
const MAX_TYPED = 2000;

/**
 * One call, from ringing to its end: listens to the person, asks the model, speaks its answers. The owner reports events of the line by
 * calling methods; results go to the line and to the listener.
 */
export class Conversation {
  private isOver = false;
  private who: AnsweredBy | null = null;
  private readonly figures = new LatencyFigures();
  private readonly phrases: Phrases;
  private readonly transcript: Transcript;
  private readonly agent: AgentSide;
  private readonly hearing: Hearing;
  private readonly party: AnsweringParty;
  private readonly interruption: Interruption;
  private readonly silence: Silence;
  private readonly limit: TimeLimit;
  private readonly ending: Ending;
  private readonly digits: PressedDigits;
  private readonly tools: CallTools;

  constructor(
    private readonly parts: ConversationParts,
    private readonly settings: ConversationSettings,
    private readonly listener: ConversationListener,
  ) {
    const { timers, clock, line } = parts;
    this.phrases = phrasesFor(settings.language);
    this.transcript = new Transcript(timers, (entry) => listener.said(entry));
    this.ending = new Ending(timers, line, (end) => this.lineEnded(end));
    this.agent = this.makeAgent();
    this.interruption = new Interruption(timers, this.agent, () => this.hearing.hasWords);
    this.party = this.makeParty();
    this.hearing = this.makeHearing();
    const ask = () => this.say(this.phrases.areYouThere);
    this.silence = new Silence(timers, settings.silenceSeconds * SECOND_MS, ask, () => this.ending.hangUp('silence'));
    const timeIsShort = () => this.isQuiet && !this.isLeaving && this.say(this.phrases.timeIsShort);
    const timeIsOver = () => this.ending.hangUp('max-duration');
    this.limit = new TimeLimit(clock, settings.maxSeconds * SECOND_MS, timeIsShort, timeIsOver);
    this.digits = new PressedDigits(timers, (pressed) => this.take(`[pressed ${pressed}]`, maskedDigits(pressed)));
    this.tools = new CallTools(line, settings.transferTo, {
      quiet: () => this.agent.speaker.whenQuiet(),
      noted: (name, value) => listener.noted(name, value),
      doNotCall: () => listener.doNotCall(),
      endAfterGoodbye: () => this.leave('agent-hung-up'),
      transferred: () => this.ending.hangUp('transferred'),
    });
  }

  /** Synthesizes the greeting while the phone rings. */
  prepare(): void {
    this.agent.prepare();
  }

  answered(): void {
    if (this.transcript.hasStarted || this.isOver) return;
    this.transcript.start();
    this.hearing.open();
    this.party.start();
    this.limit.start();
    this.interruption.isGreeting = true;
    this.agent.speaker.letGo();
    this.listen();
  }

  /** Takes a frame of the person's sound. */
  frame(samples: Int16Array): void {
    if (!this.transcript.hasStarted || this.isOver) return;
    this.listener.sound('person', samples, this.transcript.nowMs);
    this.party.frame(samples, this.hearing.frame(samples));
  }

  digit(digit: string): void {
    if (this.transcript.hasStarted && !this.isOver) this.digits.press(digit);
  }

  /** Typed words count as spoken ones, and as a whole turn. */
  typed(text: string): void {
    const words = text.trim().slice(0, MAX_TYPED);
    if (this.transcript.hasStarted && !this.isOver && words !== '') this.take(words, words);
  }

  /** Ends the call, at once or after a goodbye. Before an answer it cancels the call. */
  end(reason: ConversationEndReason, isPolite = false): void {
    if (this.isOver || this.ending.hasBegun) return;
    if (isPolite && this.transcript.hasStarted) this.endWith(this.phrases.goodbye, reason);
    else this.ending.hangUp(reason);
  }

  lineEnded(end: LineEnd): void {
    if (this.isOver) return;
    this.agent.giveUp();
    this.isOver = true;
    for (const part of [this.agent, this.interruption, this.hearing, this.party]) part.close();
    for (const part of [this.limit, this.silence, this.ending, this.digits]) part.close();
    const reason = this.ending.reasonFor(end);
    const answeredBy = this.transcript.hasStarted ? (this.who ?? 'unknown') : null;
    this.listener.ended({ reason, carrierCode: end.carrierCode, answeredBy, latency: this.figures.summary() });
  }

  private makeAgent(): AgentSide {
    return new AgentSide(this.parts, this.settings, this.phrases, {
      heard: (samples) => this.listener.sound('agent', samples, this.transcript.nowMs),
      recordingAnnounced: () => this.listener.recordingAnnounced(this.transcript.nowMs),
      sounding: () => {
        this.figures.answerToSpeechMs ??= this.transcript.nowMs;
        if (this.ending.hasBegun) this.ending.goodbyeSounds();
      },
      answered: (latency) => {
        this.figures.add(latency);
        this.listener.turnAnswered(latency);
      },
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
        this.party.voice(milliseconds);
        this.interruption.voice(milliseconds);
      },
      voiceStopped: () => {
        this.party.voiceStopped();
        this.interruption.voiceStopped();
      },
      words: (text) => {
        this.silence.personThere();
        this.listener.hearing(text);
        this.interruption.words(text);
        this.party.words(text);
      },
      turnEnded: (turn) => this.turnEnded(turn),
    });
  }

  private makeParty(): AnsweringParty {
    const { voicemailMessage, greeting } = this.settings;
    const leavesMessage = voicemailMessage !== null;
    return new AnsweringParty(this.parts.timers, this.parts.recognizer !== null, leavesMessage, {
      known: (who) => {
        this.who = who;
        this.listener.answeredBy(who);
        if (who !== 'machine' || !leavesMessage) return;
        this.agent.giveUp();
        this.leave('voicemail', false);
      },
      screened: () => {
        this.say(greeting);
        this.interruption.isBlocked = true;
      },
      records: () => this.endWith(voicemailMessage ?? '', 'voicemail'),
      nobody: () => this.ending.hangUp('voicemail'),
    });
  }

  private get isQuiet(): boolean {
    return !this.agent.isBusy && !this.hearing.turns.isActive;
  }

  private get isLeaving(): boolean {
    return this.ending.hasBegun || this.agent.isLeaving;
  }

  /** Starts the silence timers, unless somebody is speaking. */
  private listen(): void {
    if (this.isQuiet && !this.isOver && !this.isLeaving) this.silence.begin();
    else this.silence.end();
  }

  private turnEnded(turn: Turn): void {
    const shown = shownWords(turn);
    if (!isBlip(turn)) this.transcript.add('person', shown, turn.startedAt, turn.endedAt);
    const isForMachine = this.party.turnEnded();
    if (isForMachine || this.isLeaving || this.interruption.passesOver(turn.text)) return;
    if (isBlip(turn)) return this.listen();
    if (turn.text === '' && this.hearing.hasWords) return this.say(this.phrases.notUnderstood);
    this.answer(shown, turn.speechToTextMs);
  }

  /** Takes words that were not spoken: typed ones and keys. */
  private take(words: string, shown: string): void {
    const now = this.parts.timers.now();
    this.party.personActed();
    if (!this.isLeaving) this.agent.giveUp();
    this.transcript.add('person', shown, now, now);
    if (!this.isLeaving) this.answer(words, null);
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

  /** Begins to end the call; this cannot be undone. */
  private leave(reason: ConversationEndReason, isSayingGoodbye = true): void {
    this.interruption.isBlocked = true;
    this.agent.isLeaving = true;
    this.silence.end();
    if (isSayingGoodbye) this.ending.begin(reason);
  }

  private endWith(goodbye: string, reason: ConversationEndReason): void {
    this.leave(reason);
    this.agent.say(goodbye);
  }

  private spoken({ text, startedAt, endedAt, isCut }: Spoken): void {
    this.interruption.isGreeting = false;
    this.interruption.isBlocked = this.isLeaving;
    this.transcript.add('agent', text, startedAt, endedAt, isCut);
    if (this.isOver || isCut) return;
    if (this.ending.hasBegun) this.ending.wordsAreOver();
    else this.listen();
  }
}
