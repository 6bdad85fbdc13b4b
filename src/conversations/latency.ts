import { CallLatency, TurnLatency } from './conversation-events.js';

function quantile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]);
}

function median(values: (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : quantile(known, 0.5);
}

/** Measures the time from the end of a turn to the first sound of its answer, and its parts. */
export class TurnTimes {
  private requestedAt?: number;
  private wordsAt?: number;
  private sentenceAt?: number;
  private isAnswered = false;

  constructor(
    private readonly endedAt: number,
    private readonly speechToTextMs: number | null,
  ) {}

  /** Only the first call of each method counts. */
  requested(now: number): void {
    this.requestedAt ??= now;
  }

  firstWords(now: number): void {
    this.wordsAt ??= now;
  }

  firstSentence(now: number): void {
    this.sentenceAt ??= now;
  }

  /** Returns the latency at the first sound of an answer; null at later ones. */
  answered(now: number): TurnLatency | null {
    if (this.isAnswered) return null;
    this.isAnswered = true;
    const between = (from?: number, to?: number) => (from === undefined || to === undefined ? null : to - from);
    return {
      totalMs: now - this.endedAt,
      speechToTextMs: this.speechToTextMs,
      languageModelMs: between(this.requestedAt, this.wordsAt),
      textToSpeechMs: between(this.sentenceAt, now),
    };
  }
}

/** Collects the latency of all turns of a call. */
export class LatencyFigures {
  answerToSpeechMs: number | null = null;
  private readonly turns: TurnLatency[] = [];

  add(turn: TurnLatency): void {
    this.turns.push(turn);
  }

  summary(): CallLatency {
    const totals = this.turns.map(({ totalMs }) => totalMs);
    const at = (share: number) => (totals.length === 0 ? null : quantile(totals, share));
    return {
      answerToSpeechMs: this.answerToSpeechMs === null ? null : Math.round(this.answerToSpeechMs),
      turnMs: { p50: at(0.5), p95: at(0.95), max: at(1) },
      speechToTextMs: median(this.turns.map(({ speechToTextMs }) => speechToTextMs)),
      languageModelMs: median(this.turns.map(({ languageModelMs }) => languageModelMs)),
      textToSpeechMs: median(this.turns.map(({ textToSpeechMs }) => textToSpeechMs)),
    };
  }
}
