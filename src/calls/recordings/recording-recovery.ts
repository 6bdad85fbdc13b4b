import { BeforeApplicationShutdown, Injectable, Logger, OnApplicationBootstrap } from '@nestjs/common';
import { LessThan } from 'typeorm';
import { Clock, DAY_MS, MINUTE_MS, SECOND_MS } from '../../common/clock.js';
import { Database } from '../../database/database.js';
import { RecordingStore } from './recording-store.js';
import { Recording } from './recording.entity.js';
import { RecordingsService } from './recordings.service.js';

const EVERY_MS = MINUTE_MS;
const FIRST_AFTER_MS = 5 * SECOND_MS;
const BATCH = 100;
/** A call that is over for so long has had its recording closed, or its instance died. */
const CLOSED_AFTER_MS = MINUTE_MS;
/** An instance that died may come back with what it has of a recording, for so long. */
const LOST_AFTER_MS = DAY_MS;

/** Completes recordings whose instance died, as far as they came. Any instance may do so, and twice. */
@Injectable()
export class RecordingRecovery implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Recordings');
  private timer?: NodeJS.Timeout;
  private running: Promise<unknown> = Promise.resolve();
  private isStopped = false;

  constructor(
    private readonly recordings: RecordingsService,
    private readonly store: RecordingStore,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.schedule(FIRST_AFTER_MS);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  /** Completes everything that is due. Rejects while the store is away; it runs again in a minute. */
  async run(): Promise<void> {
    const where = { state: 'writing', call: { endedAt: LessThan(this.ago(CLOSED_AFTER_MS)) } } as const;
    const found = await this.database.reader.manager.find(Recording, { where, take: BATCH });
    for (const recording of found) {
      if (!this.isStopped && !this.recordings.isUnderWay(recording.id)) await this.recover(recording);
    }
  }

  private schedule(afterMs: number): void {
    this.timer = setTimeout(() => {
      this.running = this.run()
        .catch((error: Error) => this.logger.error('Recordings of instances that died could not be completed', error))
        .finally(() => this.isStopped || this.schedule(EVERY_MS));
    }, afterMs).unref();
  }

  private ago(milliseconds: number): Date {
    return this.clock.in(-milliseconds);
  }

  private async recover({ id, createdAt }: Recording): Promise<void> {
    if (await this.store.recover(id)) await this.recordings.keep(id, 'partial');
    else if (createdAt < this.ago(LOST_AFTER_MS)) await this.recordings.remove(id);
  }
}
