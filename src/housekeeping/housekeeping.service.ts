import { BeforeApplicationShutdown, Injectable, Logger, OnApplicationBootstrap } from '@nestjs/common';
import { In } from 'typeorm';
import { Clock, HOUR_MS, MINUTE_MS } from '../common/clock.js';
import { AuditSettings } from '../audit/audit.settings.js';
import { CallRetention } from '../calls/call-retention.js';
import { CredentialsSettings } from '../credentials/credentials.settings.js';
import { Database } from '../database/database.js';
import { WebhooksSettings } from '../webhooks/webhooks.settings.js';
import { RetentionRule, retentionRules } from './retention.js';

/** Rows that one unit of work deletes, so that none keeps the database to itself for long. */
const BATCH = 500;

/** Deletes what has had its time, every hour. Several instances may do so at once: a row is deleted once all the same. */
@Injectable()
export class HousekeepingService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(HousekeepingService.name);
  private timer?: NodeJS.Timeout;
  private running: Promise<unknown> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly credentials: CredentialsSettings,
    private readonly audit: AuditSettings,
    private readonly webhooks: WebhooksSettings,
    private readonly calls: CallRetention,
  ) {}

  onApplicationBootstrap(): void {
    // Not at the start itself, and not at the same moment on instances that started together.
    this.schedule((1 + 9 * Math.random()) * MINUTE_MS);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  /** Deletes everything that is outdated now; answers how many rows that were. */
  async run(): Promise<number> {
    let deleted = 0;
    const settings = { ...this.credentials, ...this.audit, ...this.webhooks };
    for (const rule of retentionRules(this.clock.now(), settings)) deleted += await this.apply(rule);
    for (let some = 1; some > 0 && !this.stopped; deleted += some) some = await this.calls.deleteSome();
    return deleted;
  }

  private schedule(delayMs: number): void {
    this.timer = setTimeout(() => {
      this.running = this.run()
        .catch((error: Error) =>
          this.logger.warn(`Housekeeping failed and is tried again in an hour: ${error.message}`),
        )
        .finally(() => this.stopped || this.schedule(HOUR_MS));
    }, delayMs).unref();
  }

  private async apply({ entity, outdated }: RetentionRule): Promise<number> {
    const [{ propertyName: key }] = this.database.reader.getMetadata(entity).primaryColumns;
    let deleted = 0;
    for (;;) {
      const rows = await this.database.reader.manager.find(entity, {
        select: { [key]: true },
        where: outdated,
        take: BATCH,
      });
      if (rows.length === 0 || this.stopped) return deleted;
      const keys = rows.map((row) => (row as Record<string, unknown>)[key]);
      // Asked again with the deletion, for a row may have come back to life since it was read.
      const where = { ...outdated, [key]: In(keys) };
      const { affected } = await this.database.write(({ manager }) => manager.delete(entity, where));
      deleted += affected ?? 0;
    }
  }
}
