import { Timers } from '../common/timers.js';
import { maskCardNumbers } from './mask.js';
import { TranscriptEntry } from './conversation-events.js';

/** Passes on what was said as transcript entries, with times since the answer. */
export class Transcript {
  private answeredAt: number | null = null;

  constructor(
    private readonly timers: Timers,
    private readonly hand: (entry: TranscriptEntry) => void,
  ) {}

  start(): void {
    this.answeredAt = this.timers.now();
  }

  /** Whole milliseconds since the answer. */
  get nowMs(): number {
    return this.since(this.timers.now());
  }

  get hasStarted(): boolean {
    return this.answeredAt !== null;
  }

  /** Returns a moment as whole milliseconds since the answer. */
  private since(moment: number): number {
    return Math.max(0, Math.round(moment - (this.answeredAt ?? moment)));
  }

  add(role: 'agent' | 'person', text: string, startedAt: number, endedAt: number, isInterrupted = false): void {
    if (text === '') return;
    const entry: TranscriptEntry = {
      role,
      text: maskCardNumbers(text),
      startMs: this.since(startedAt),
      endMs: this.since(endedAt),
    };
    this.hand(isInterrupted ? { ...entry, interrupted: true } : entry);
  }
}
