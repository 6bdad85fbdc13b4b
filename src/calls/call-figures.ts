import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { Clock } from '../common/clock.js';
import type { TurnLatency } from '../conversations/conversation-events.js';
import { Database } from '../database/database.js';
import { Lines } from '../telephony/lines.js';
import type { FrameCounts } from '../telephony/phone-line.js';
import { ACTIVE_STATUSES, type CallStatus } from './call-status.js';
import { Call } from './call.entity.js';
import type { RecordingOutcome } from './recordings/call-recorder.js';

const NO_FRAMES: FrameCounts = { sent: 0, late: 0 };

/** Calls of all instances that are not over. */
export interface CallsUnderWay {
  byStatus: Map<CallStatus, number>;
  /** How long the call at the head of the queue has waited, seconds; 0 when none waits. */
  queueAgeSeconds: number;
}

/** Counts calls and their turns' latency, for the metrics. */
@Injectable()
export class CallFigures {
  /** Calls that this instance ended since its start, by their outcome. */
  readonly ended = new Map<CallStatus, number>();
  /** Recordings that this instance made, by their outcome. */
  readonly recordings = new Map<RecordingOutcome, number>();
  private turnAnswered: (latency: TurnLatency) => void = () => {};
  private greeted: (milliseconds: number) => void = () => {};

  constructor(
    private readonly database: Database,
    private readonly lines: Lines,
    private readonly clock: Clock,
  ) {}

  /** Frames of sound that this instance sent since its start. */
  get frames(): FrameCounts {
    return this.lines.line?.frames ?? NO_FRAMES;
  }

  /** Tells of each answered turn and each first word, as they happen. */
  watch(turnAnswered: (latency: TurnLatency) => void, greeted: (milliseconds: number) => void): void {
    [this.turnAnswered, this.greeted] = [turnAnswered, greeted];
  }

  noteTurn(latency: TurnLatency): void {
    this.turnAnswered(latency);
  }

  noteFirstWord(milliseconds: number): void {
    this.greeted(milliseconds);
  }

  noteEnd(status: CallStatus): void {
    this.ended.set(status, (this.ended.get(status) ?? 0) + 1);
  }

  noteRecording(outcome: RecordingOutcome): void {
    this.recordings.set(outcome, (this.recordings.get(outcome) ?? 0) + 1);
  }

  /** Counts by an index of unfinished calls, so finished ones cost nothing. */
  async underWay(): Promise<CallsUnderWay> {
    const rows = await this.database.reader
      .createQueryBuilder()
      .select('call.status', 'status')
      .addSelect('COUNT(*)', 'count')
      .addSelect('MIN(call.id)', 'oldest')
      .from(Call, 'call')
      .where({ status: In(['queued', ...ACTIVE_STATUSES]) })
      .groupBy('call.status')
      .getRawMany<{ status: CallStatus; count: number | string; oldest: string }>();
    const head = rows.find(({ status }) => status === 'queued')?.oldest;
    return {
      byStatus: new Map(rows.map(({ status, count }) => [status, Number(count)])),
      queueAgeSeconds: head === undefined ? 0 : this.ageOf(head),
    };
  }

  /** An id begins with the moment of its creation (RFC 9562, section 5.7). */
  private ageOf(id: string): number {
    const createdAt = parseInt(id.replace('-', '').slice(0, 12), 16);
    return Math.max(0, (this.clock.now().getTime() - createdAt) / 1000);
  }
}
