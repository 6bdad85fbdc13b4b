import { BeforeApplicationShutdown, Injectable, Logger, OnApplicationBootstrap } from '@nestjs/common';
import { FindOptionsWhere, IsNull, LessThan, Not } from 'typeorm';
import { Clock, DAY_MS, MINUTE_MS, SECOND_MS } from '../../common/clock.js';
import { Database } from '../../database/database.js';
import { CallsSettings } from '../calls.settings.js';
import { RecordingStore } from './recording-store.js';
import { Recording } from './recording.entity.js';
import { RecordingsService } from './recordings.service.js';
import { RecordingsSettings } from './recordings.settings.js';

const EVERY_MS = MINUTE_MS;
const FIRST_AFTER_MS = 5 * SECOND_MS;
const BATCH = 100;
/** A call that is over for so long has had its recording closed, or its instance died. */
const CLOSED_AFTER_MS = MINUTE_MS;
/** An instance that died may come back with what it has of a recording, for so long. */
const LOST_AFTER_MS = DAY_MS;

/** Completes recordings whose instance died, and deletes those whose call is gone or whose time is over. Any instance may do either, and twice. */
@Injectable()
export class RecordingCleanup implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Recordings');
  private timer?: NodeJS.Timeout;
  private running: Promise<unknown> = Promise.resolve();
  private isStopped = false;

  constructor(
    private readonly recordings: RecordingsService,
    private readonly store: RecordingStore,
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly calls: CallsSettings,
    private readonly settings: RecordingsSettings,
  ) {}

  onApplicationBootstrap(): void {
    this.schedule(FIRST_AFTER_MS);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  /** Looks after all that there is to do now. A store that is away fails it; it is tried again in a minute. */
  async run(): Promise<void> {
    const overSince = LessThan(this.ago(CLOSED_AFTER_MS));
    for (const recording of await this.find({ state: 'writing', call: { endedAt: overSince } })) {
      await this.recover(recording);
    }
    for (let deleted = BATCH; deleted === BATCH && !this.isStopped;) {
      const outdated = await this.find(this.outdated());
      for (const { id } of outdated) await this.recordings.remove(id);
      deleted = outdated.length;
    }
  }

  private schedule(afterMs: number): void {
    this.timer = setTimeout(() => {
      this.running = this.run()
        .catch((error: Error) => this.logger.error('Recordings could not be looked after', error))
        .finally(() => this.isStopped || this.schedule(EVERY_MS));
    }, afterMs).unref();
  }

  private ago(milliseconds: number): Date {
    return this.clock.in(-milliseconds);
  }

  /** Those of calls that are gone; while one may still be written to, that is for whoever writes it. */
  private outdated(): FindOptionsWhere<Recording>[] {
    const longest = this.calls.CALL_MAX_SECONDS * SECOND_MS + 10 * MINUTE_MS;
    return [
      { callId: IsNull(), state: Not('writing') },
      { callId: IsNull(), createdAt: LessThan(this.ago(longest)) },
      { createdAt: LessThan(this.ago(this.settings.RECORDING_RETENTION_DAYS * DAY_MS)) },
    ];
  }

  private async find(where: FindOptionsWhere<Recording> | FindOptionsWhere<Recording>[]): Promise<Recording[]> {
    const found = await this.database.reader.manager.find(Recording, { where, take: BATCH });
    return found.filter(({ id }) => !this.recordings.isUnderWay(id));
  }

  private async recover({ id, createdAt }: Recording): Promise<void> {
    const leftover = await this.store.recover(id);
    if (leftover === 'kept') await this.recordings.keep(id, 'partial');
    if (leftover === 'nothing' && createdAt < this.ago(LOST_AFTER_MS)) await this.recordings.remove(id);
  }
}
