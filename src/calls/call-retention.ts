import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { Database } from '../database/database.js';
import { CallTotal } from './call-total.entity.js';
import { Call } from './call.entity.js';

/** Deletes calls after CALL_RETENTION_DAYS and subtracts them from the totals. */
@Injectable()
export class CallRetention {
  constructor(private readonly database: Database) {}

  /** Deletes these calls; returns how many were still there. */
  async delete(calls: Pick<Call, 'id' | 'projectId'>[]): Promise<number> {
    const byProject = new Map<string, string[]>();
    for (const { id, projectId } of calls) byProject.set(projectId, [...(byProject.get(projectId) ?? []), id]);
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
