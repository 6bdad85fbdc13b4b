import { Timers } from '../common/timers.js';
import { AgentSide } from './agent-side.js';
import { heardText } from './speech.js';

const DUCK_MS = 200;
const STOP_MS = 350;
/** Voice that is not followed by words within this time was no interruption. */
const RESUME_MS = 2000;
/** How much voice counts as an interruption when words cannot be recognized. */
const WORDLESS_MS = 700;
/** Words of the greeting that are always said before an interruption stops it. */
const GREETING_WORDS = 3;

const LISTENING =
  /^(?:mm+h?m*|m+hm+|uh[ -]?huh|hm+|ah+|oh|yeah|yep|yes|ok|okay|right|sure|i see|got it|good|great|really)$/i;
/** What people say when they answer the phone. */
const TAKING_UP = /^(?:hello|hi|hey|hallo|yes|yeah|speaking|hello hello)$/i;

function isOnly(text: string, pattern: RegExp): boolean {
  const plain = text.replace(/[^\p{L}\p{N}' -]+/gu, '').trim();
  return plain !== '' && pattern.test(plain);
}

/** Decides when the person interrupts the agent: its speech gets quieter, then silent, and is then dropped or resumed where it stopped. */
export class Interruption {
  /** True during the goodbye and messages for machines, which are not interrupted. */
  isBlocked = false;
  isGreeting = false;
  private cancelResume?: () => void;

  constructor(
    private readonly timers: Timers,
    private readonly agent: Pick<AgentSide, 'speaker' | 'giveUp'>,
    private readonly hasWords: () => boolean,
  ) {}

  /** The person has been speaking for so long. */
  voice(milliseconds: number): void {
    if (!this.isPossible) return;
    this.cancelResume?.();
    if (milliseconds >= DUCK_MS) this.agent.speaker.playback.duck();
    if (milliseconds >= STOP_MS && !this.mustGoOn) this.agent.speaker.playback.hold();
    if (!this.hasWords() && milliseconds >= WORDLESS_MS && !this.mustGoOn) this.agent.giveUp();
  }

  words(text: string): void {
    if (!this.isPossible || this.isBackchannel(text) || this.mustGoOn) return;
    this.agent.giveUp();
  }

  voiceStopped(): void {
    if (!this.isPossible) return;
    if (!this.agent.speaker.playback.isHeld) return this.agent.speaker.playback.unduck();
    this.cancelResume?.();
    this.cancelResume = this.timers.after(RESUME_MS, () => this.resume());
  }

  /** Returns true when a turn is only a sign of listening ("mhm"): the agent goes on speaking. */
  passesOver(text: string): boolean {
    if (!this.isPossible || (text !== '' && !this.isBackchannel(text))) return false;
    this.resume();
    return true;
  }

  close(): void {
    this.cancelResume?.();
  }

  private get isPossible(): boolean {
    return this.agent.speaker.isSpeaking && !this.isBlocked;
  }

  private get mustGoOn(): boolean {
    if (this.agent.speaker.mustBeHeard) return true;
    if (!this.isGreeting || this.agent.speaker.playback.isHeld) return false;
    const heard = heardText(this.agent.speaker.said, this.agent.speaker.playback.heard);
    return heard.split(/\s+/).filter((word) => word !== '').length < GREETING_WORDS;
  }

  private isBackchannel(text: string): boolean {
    return isOnly(text, LISTENING) || (this.isGreeting && isOnly(text, TAKING_UP));
  }

  private resume(): void {
    this.cancelResume?.();
    if (!this.isPossible) return;
    this.agent.speaker.playback.unduck();
    this.agent.speaker.letGo();
  }
}
