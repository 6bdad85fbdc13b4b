import { BeforeApplicationShutdown, Injectable, Logger, OnApplicationBootstrap } from '@nestjs/common';
import { FindOptionsWhere, In, ObjectLiteral } from 'typeorm';
import { Clock, HOUR_MS, MINUTE_MS } from '../common/clock.js';
import { Database } from '../database/database.js';
import { KeptData } from '../kept-data/kept-data.js';
import { KeptRows } from '../kept-data/kept-rows.js';

/** Rows that one unit of work deletes, so that none keeps the database to itself for long. */
const BATCH = 500;

type Kind = KeptRows<ObjectLiteral>;

/** Deletes what is outdated, every hour. Several instances may do so at once: a row is deleted once all the same. */
@Injectable()
export class HousekeepingService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(HousekeepingService.name);
  private timer?: NodeJS.Timeout;
  private running: Promise<unknown> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly database: Database,
    private readonly keptData: KeptData,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.keptData.onDeletion(() => this.removeFilesSoon());
    // Delayed at random, so that instances that started together do not run at the same time.
    this.schedule((1 + 9 * Math.random()) * MINUTE_MS);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  /** Deletes everything that is outdated now; returns how many rows that were. */
  run(): Promise<number> {
    return this.deleteOutdated(this.keptData.kinds);
  }

  private schedule(delayMs: number): void {
    this.timer = setTimeout(() => {
      this.begin(this.keptData.kinds);
      void this.running.finally(() => this.stopped || this.schedule(HOUR_MS));
    }, delayMs).unref();
  }

  /** Runs after a deletion, without delaying its response. */
  private removeFilesSoon(): void {
    const kinds = this.keptData.kinds.filter(({ removeFile }) => removeFile);
    if (kinds.length > 0 && !this.stopped) this.begin(kinds);
  }

  private begin(kinds: readonly Kind[]): void {
    this.running = this.running
      .then(() => this.deleteOutdated(kinds))
      .catch((error: Error) => this.logger.warn(`Housekeeping failed and is tried again in an hour: ${error.message}`));
  }

  private async deleteOutdated(kinds: readonly Kind[]): Promise<number> {
    let deleted = 0;
    for (const kind of kinds) deleted += await this.deleteOutdatedOf(kind);
    return deleted;
  }

  private async deleteOutdatedOf(kind: Kind): Promise<number> {
    if (typeof kind.outdated === 'string') return 0;
    const where = [kind.outdated(this.clock.now())].flat();
    let deleted = 0;
    while (!this.stopped) {
      const rows = await this.rows(kind, where);
      const removable = kind.removeFile ? await this.removeFiles(kind, rows) : rows;
      const count = removable.length === 0 ? 0 : await this.deleteRows(kind, where, removable);
      // The remaining rows have files that cannot be deleted now, or another instance is deleting them.
      if (count === 0) break;
      deleted += count;
    }
    return deleted;
  }

  /** Reads whole rows only when a declaration needs them, else keys. */
  private rows({ entity, removeFile, deleteOutdated }: Kind, where: FindOptionsWhere<ObjectLiteral>[]) {
    const select = removeFile || deleteOutdated ? undefined : { [this.keyOf(entity)]: true };
    return this.database.reader.manager.find(entity, { select, where, take: BATCH });
  }

  /** Returns the rows whose files are gone. */
  private async removeFiles({ entity, removeFile }: Kind, rows: ObjectLiteral[]): Promise<ObjectLiteral[]> {
    const removable: ObjectLiteral[] = [];
    for (const row of rows) {
      try {
        if (await removeFile?.(row)) removable.push(row);
      } catch (error) {
        this.logger.warn(`A file of ${entity.name} stays until the next time: ${(error as Error).message}`);
      }
    }
    return removable;
  }

  private async deleteRows(kind: Kind, outdated: FindOptionsWhere<ObjectLiteral>[], rows: ObjectLiteral[]) {
    if (kind.deleteOutdated) return kind.deleteOutdated(rows);
    const key = this.keyOf(kind.entity);
    const keys = rows.map((row) => String(row[key]));
    // With the condition again: a row may no longer be outdated.
    const where = outdated.map((condition) => ({ ...condition, [key]: In(keys) }));
    let deleted = 0;
    for (const condition of where) {
      const { affected } = await this.database.write(({ manager }) => manager.delete(kind.entity, condition));
      deleted += affected ?? 0;
    }
    return deleted;
  }

  private keyOf(entity: Kind['entity']): string {
    const [{ propertyName }] = this.database.reader.getMetadata(entity).primaryColumns;
    return propertyName;
  }
}
