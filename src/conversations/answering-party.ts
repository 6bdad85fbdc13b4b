import { Timers } from '../common/timers.js';
import { AnsweredBy } from './conversation-events.js';
import { MachineMessage } from './machine-message.js';
import { VoicemailDetector } from './voicemail-detector.js';

/** Who is asked for a name has so long to be put through. */
const SCREENING_MS = 20_000;
/** A pause is told so long after it began. */
const PAUSE_MS = 300;

export interface AnsweringListener {
  known(who: AnsweredBy): void;
  /** A machine asks who is calling. */
  screened(): void;
  /** The machine records from now on. */
  records(): void;
  /** There is nobody to speak with. */
  nobody(): void;
}

/** Who took the call, and what follows when it was a machine. */
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

  /** Returns whether the turn was the machine's question. Any later one is of whoever is there after it let the call through. */
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
