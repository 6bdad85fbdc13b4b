import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { IsNull, Not } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { Clock, SECOND_MS } from '../../common/clock.js';
import { SystemTimers } from '../../common/timers.js';
import { Database } from '../../database/database.js';
import { CallFigures } from '../call-figures.js';
import type { CallWrites } from '../call-writes.js';
import type { Call } from '../call.entity.js';
import { CallRecorder } from './call-recorder.js';
import { RecordingLinks } from './recording-links.js';
import { type RecordingFile, RecordingStore } from './recording-store.js';
import { Recording } from './recording.entity.js';

/** Longest time that a call's outcome waits for its recording. */
const OUTCOME_WAITS_MS = 3 * SECOND_MS;

class CallLostError extends Error {}

/** The recording of one call. Moments are milliseconds since the answer. */
export interface CallRecording {
  sound(side: 'person' | 'agent', samples: Int16Array, atMs: number): void;
  /** The call is over. Its outcome is written after what became of the recording, unless that takes too long. */
  finish(): void;
}

/** Records calls: a row each, and a file in the store. */
@Injectable()
export class RecordingsService {
  private readonly logger = new Logger('Recordings');
  private readonly timers = new SystemTimers();
  /** Recordings that this process works on. */
  private readonly underWay = new Set<string>();

  constructor(
    private readonly store: RecordingStore,
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly figures: CallFigures,
    private readonly links: RecordingLinks,
  ) {}

  isUnderWay(id: string): boolean {
    return this.underWay.has(id);
  }

  /** `kept` gets the path of a link, as soon as the recording of a call that is over can be played. */
  begin(call: Call, writes: CallWrites, atMs: number, kept: (path: string) => void): CallRecording {
    const id = uuid();
    this.underWay.add(id);
    const failed = (error: Error) => {
      if (!(error instanceof CallLostError)) this.logger.error(`Call ${call.id} is not recorded any further`, error);
    };
    const recorder = new CallRecorder(this.timers, atMs, this.opener(id, call, writes), failed);
    const settle = async () => {
      if (await this.settle(id, recorder)) kept(this.links.pathOf(call.id));
    };
    const finish = () => writes.waitFor(this.inTime(settle()));
    return { sound: (side, samples, at) => recorder.sound(side, samples, at), finish };
  }

  /** Deletes the file; false while this process writes it. */
  async removeFile(id: string): Promise<boolean> {
    if (this.underWay.has(id)) return false;
    await this.store.remove(id);
    return true;
  }

  /** Deletes the file, then the row that stands for it. */
  async remove(id: string): Promise<void> {
    await this.store.remove(id);
    await this.database.write(({ manager }) => manager.delete(Recording, { id }));
  }

  /** Notes what there is of a recording; returns false when the call was deleted meanwhile. */
  async keep(id: string, state: 'whole' | 'partial'): Promise<boolean> {
    const where = { id, callId: Not(IsNull()) };
    const { affected } = await this.database.write(({ manager }) => manager.update(Recording, where, { state }));
    return affected !== 0;
  }

  /** Makes the row, and opens the file only once that is committed. */
  private opener(id: string, call: Call, writes: CallWrites): () => Promise<RecordingFile> {
    return async () => {
      writes.offer('the recording', async ({ manager }) => {
        // A commit whose reply was lost is repeated.
        if (!(await manager.existsBy(Recording, { id }))) {
          await manager.insert(Recording, { id, callId: call.id, state: 'writing', createdAt: this.clock.now() });
        }
      });
      await writes.settled();
      if (!(await this.database.reader.manager.existsBy(Recording, { id })))
        throw new CallLostError('The call is not ours any more');
      return this.store.create(id);
    };
  }

  /** Returns true when there is a recording to play. */
  private async settle(id: string, recorder: CallRecorder): Promise<boolean> {
    try {
      const outcome = await recorder.close();
      this.figures.noteRecording(outcome);
      // The row stays as it is until RecordingRecovery completes it.
      if (outcome === 'later') return false;
      if (outcome !== 'none' && (await this.keep(id, outcome))) return true;
      await this.remove(id);
    } catch (error) {
      this.logger.error(`Recording ${id} is looked after later`, error);
    } finally {
      this.underWay.delete(id);
    }
    return false;
  }

  private async inTime(settled: Promise<void>): Promise<void> {
    const patience = new AbortController();
    const timeout = delay(OUTCOME_WAITS_MS, undefined, { signal: patience.signal, ref: false }).catch(() => undefined);
    await Promise.race([settled, timeout]);
    patience.abort();
  }
}
