import { Timers } from '../common/timers.js';
import { AnsweredBy } from './conversation-events.js';
import { MachineMessage } from './machine-message.js';
import { VoicemailDetector } from './voicemail-detector.js';

/** How long a call screener may take to put the call through. */
const SCREENING_MS = 20_000;
/** Voice activity reports a pause so long after its beginning. */
const PAUSE_MS = 300;

export interface AnsweringListener {
  known(who: AnsweredBy): void;
  /** A call screener asks who is calling. */
  screened(): void;
  /** The answering machine has begun to record. */
  records(): void;
  /** The call has to end: a machine answered and no message is to be left. */
  nobody(): void;
}

/** Finds out who took the call, and what to do when it was a machine. */
export class AnsweringParty {
  private readonly detector: VoicemailDetector;
  private message: MachineMessage | null = null;
  private isRecording = false;
  private isAsking = false;
  private cancelScreening?: () => void;

  constructor(
    private readonly timers: Timers,
    hasWords: boolean,
    private readonly leavesMessage: boolean,
    private readonly listener: AnsweringListener,
  ) {
    this.detector = new VoicemailDetector(timers, hasWords, (verdict) => {
      if (verdict === 'machine') return this.isMachine();
      if (verdict === 'screening') return this.isScreened();
      listener.known(verdict);
    });
  }

  start(): void {
    this.detector.start();
  }

  frame(samples: Int16Array, isVoiced: boolean): void {
    this.detector.frame(samples);
    if (!this.isRecording) this.message?.frame(samples, isVoiced);
  }

  voice(milliseconds: number): void {
    this.detector.voice(milliseconds);
  }

  voiceStopped(): void {
    this.detector.voiceStopped(PAUSE_MS);
  }

  words(text: string): void {
    this.detector.words(text);
  }

  /** Returns true when the turn was a screener's question. Later turns are of the person whom it put the call through to. */
  turnEnded(): boolean {
    if (this.isAsking) {
      this.isAsking = false;
      return true;
    }
    this.cancelScreening?.();
    return false;
  }

  personActed(): void {
    this.cancelScreening?.();
    this.detector.personActed();
  }

  close(): void {
    this.detector.close();
    this.message?.close();
    this.cancelScreening?.();
  }

  private isMachine(): void {
    this.listener.known('machine');
    if (!this.leavesMessage) return this.listener.nobody();
    const records = () => {
      this.isRecording = true;
      this.listener.records();
    };
    this.message = new MachineMessage(this.timers, records, () => this.listener.nobody());
  }

  private isScreened(): void {
    this.isAsking = true;
    this.listener.screened();
    this.cancelScreening = this.timers.after(SCREENING_MS, () => {
      this.listener.known('machine');
      this.listener.nobody();
    });
  }
}
