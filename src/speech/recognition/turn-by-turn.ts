import { ProviderError } from '../../common/provider-error.js';
import type { Recognition, RecognitionListener } from './speech-recognizer.js';

/** Frames before the first sound that are recognized with it: 400 ms. */
const LEAD_FRAMES = 20;
/** Quiet frames after which a sound without an end of turn counts as noise: 3 s. */
const QUIET_FRAMES = 150;
/** Mean amplitude below which a frame cannot be speech. */
const LOUD = 40;

function isLoud(frame: Int16Array): boolean {
  return frame.reduce((sum, sample) => sum + Math.abs(sample), 0) > LOUD * frame.length;
}

/** The recognition of one turn. */
export interface RecognizedTurn {
  write(samples: Int16Array): void;
  /** Resolves to the words of the turn, empty where there were none. Rejects with ProviderError when it failed, or was too late. */
  finish(): Promise<string>;
  /** Cancels the recognition. */
  close(): void;
}

/** A recognition whose turns are recognized one by one; each begins with the first sound. */
export class TurnByTurn implements Recognition {
  private lead: Int16Array[] = [];
  private turn: RecognizedTurn | null = null;
  private quietFrames = 0;
  private readonly finishing = new Set<RecognizedTurn>();
  /** Words are told in the order of their turns. */
  private told: Promise<void> = Promise.resolve();
  private isOver = false;

  constructor(
    private readonly beginTurn: () => RecognizedTurn,
    private readonly listener: RecognitionListener,
  ) {}

  write(frame: Int16Array): void {
    if (this.isOver) return;
    const isSound = isLoud(frame);
    this.quietFrames = isSound ? 0 : this.quietFrames + 1;
    if (this.turn) {
      this.turn.write(frame);
      if (this.quietFrames >= QUIET_FRAMES) this.drop();
      return;
    }
    this.lead = [...this.lead.slice(1 - LEAD_FRAMES), frame.slice()];
    if (!isSound) return;
    this.turn = this.beginTurn();
    for (const earlier of this.lead.splice(0)) this.turn.write(earlier);
  }

  finishTurn(): Promise<void> {
    const { turn } = this;
    this.turn = null;
    if (!turn || this.isOver) return this.told;
    this.finishing.add(turn);
    const words = turn.finish();
    // Handled below, maybe later.
    words.catch(() => undefined);
    this.told = this.told.then(() => this.tell(turn, words));
    return this.told;
  }

  close(): void {
    this.isOver = true;
    this.drop();
    for (const turn of this.finishing) turn.close();
  }

  private drop(): void {
    this.turn?.close();
    this.turn = null;
  }

  private async tell(turn: RecognizedTurn, words: Promise<string>): Promise<void> {
    try {
      const text = await words;
      if (!this.isOver) this.listener.final(text);
    } catch (error) {
      if (this.isOver) return;
      this.close();
      this.listener.failed(error as ProviderError);
    } finally {
      this.finishing.delete(turn);
    }
  }
}
