import { Timers } from '../common/timers.js';
import { Beep } from './beep.js';
import { AnsweredBy } from './conversation-events.js';

/** Longest greeting of a person who answers the phone; after it they wait. */
const HELLO_MS = 2400;
const HELLO_PAUSE_MS = 1200;
/** Pause that is enough after only a few words. */
const SHORT_PAUSE_MS = 500;
const FEW_WORDS = 4;
const MANY_WORDS = 9;
/** Speech without a pause that is longer than any person's. */
const MONOLOGUE_MS = 6000;
const NOTHING_MS = 5000;

const MACHINE =
  /leave (?:me |us )?(?:a|your) (?:message|name)|after the (?:tone|beep)|at the (?:tone|beep)|voice ?mail|mailbox|press (?:one|1)\b|record your message/i;
const SCREENING = /(?:state|say) your name|record your name|who is calling and why|reason for (?:your|the) call/i;
/** Phrases that both people and machines say. */
const AWAY = /(?:not|n't|un) ?available|can(?:'t|not) (?:take|come to|answer)/i;
const QUESTION = /\?|\b(?:who is this|who's this|how (?:can|may) i|can i help|what (?:is|do)|may i ask)\b/i;

export type Verdict = AnsweredBy | 'screening';

/** Finds out whether a person or a machine answered, without delaying the agent's speech. */
export class VoicemailDetector {
  private readonly beep = new Beep();
  private text = '';
  private longestMs = 0;
  private cancel?: () => void;
  private isDecided = false;
  private verdict: Verdict | null = null;

  constructor(
    private readonly timers: Timers,
    private readonly hasWords: boolean,
    private readonly decided: (verdict: Verdict) => void,
  ) {}

  start(): void {
    this.wait(NOTHING_MS, 'unknown');
  }

  frame(samples: Int16Array): void {
    if (!this.isDecided && this.beep.frame(samples)) this.decide('machine');
  }

  /** Speech has gone on for so long without a pause. */
  voice(milliseconds: number): void {
    if (this.isDecided) return;
    this.cancel?.();
    this.longestMs = Math.max(this.longestMs, milliseconds);
    if (milliseconds >= MONOLOGUE_MS && !QUESTION.test(this.text)) this.decide('machine');
  }

  words(text: string): void {
    this.text = text;
    if (this.isDecided) return;
    if (SCREENING.test(text)) return this.decide('screening');
    if (MACHINE.test(text) && !QUESTION.test(text)) this.decide('machine');
  }

  /** Decides mostly by the first pause. */
  voiceStopped(pauseMs: number): void {
    if (this.isDecided) return;
    const words = this.text.split(/\s+/).filter((word) => word !== '').length;
    const isFew = words > 0 && words <= FEW_WORDS;
    if (this.longestMs <= HELLO_MS) return this.wait((isFew ? SHORT_PAUSE_MS : HELLO_PAUSE_MS) - pauseMs, 'human');
    // More words may come, and a question in them means a person.
    this.cancel?.();
    this.cancel = this.timers.after(HELLO_PAUSE_MS - pauseMs, () => this.decide(this.afterMonologue()));
  }

  close(): void {
    this.cancel?.();
    this.isDecided = true;
  }

  /** Somebody typed or pressed a key, so it is a person. */
  personActed(): void {
    if (this.verdict === 'unknown') this.decided((this.verdict = 'human'));
    else this.decide('human');
  }

  private afterMonologue(): Verdict {
    if (!this.hasWords) return 'machine';
    if (QUESTION.test(this.text)) return 'human';
    const isLong = this.text.split(/\s+/).length > MANY_WORDS;
    return isLong || AWAY.test(this.text) || this.text === '' ? 'machine' : 'human';
  }

  private wait(milliseconds: number, verdict: Verdict): void {
    this.cancel?.();
    this.cancel = this.timers.after(Math.max(0, milliseconds), () => this.decide(verdict));
  }

  private decide(verdict: Verdict): void {
    if (this.isDecided) return;
    this.close();
    this.verdict = verdict;
    this.decided(verdict);
  }
}
