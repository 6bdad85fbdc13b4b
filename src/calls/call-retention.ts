import { Injectable } from '@nestjs/common';
import { In, LessThan } from 'typeorm';
import { Clock, DAY_MS } from '../common/clock.js';
import { Database } from '../database/database.js';
import { CallTotal } from './call-total.entity.js';
import { Call } from './call.entity.js';
import { CallsSettings } from './calls.settings.js';

/** Rows that one unit of work deletes, so that none keeps the database to itself for long. */
const BATCH = 500;

/** Deletes calls that have had their time, and counts them no more. */
@Injectable()
export class CallRetention {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly settings: CallsSettings,
  ) {}

  /** Deletes a batch of the calls that ended too long ago; returns how many there were. */
  async deleteSome(): Promise<number> {
    const outdated = { endedAt: LessThan(this.clock.in(-this.settings.CALL_RETENTION_DAYS * DAY_MS)) };
    const { manager } = this.database.reader;
    const select = { id: true, projectId: true } as const;
    const rows = await manager.find(Call, { select, where: outdated, take: BATCH });
    const byProject = new Map<string, string[]>();
    for (const { id, projectId } of rows) byProject.set(projectId, [...(byProject.get(projectId) ?? []), id]);
    let deleted = 0;
    for (const [projectId, ids] of byProject) deleted += await this.deleteOf(projectId, ids);
    return deleted;
  }

  private deleteOf(projectId: string, ids: string[]): Promise<number> {
    return this.database.write(async ({ manager }) => {
      const { affected } = await manager.delete(Call, { id: In(ids) });
      await manager.decrement(CallTotal, { projectId }, 'total', affected ?? 0);
      return affected ?? 0;
    });
  }
}
