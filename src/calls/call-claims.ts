import { Injectable } from '@nestjs/common';
import { FindOptionsWhere, In, IsNull, LessThan, MoreThan, Not } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { Clock, HOUR_MS, SECOND_MS } from '../common/clock.js';
import { Database } from '../database/database.js';
import { Transaction } from '../database/transaction.js';
import { Project } from '../projects/project.entity.js';
import { CallEvents } from './call-events.js';
import { ACTIVE_STATUSES, type EndedReason } from './call-status.js';
import { Call } from './call.entity.js';
import { CallsSettings } from './calls.settings.js';
import { SuppressedNumber } from './suppressed-number.entity.js';

/** Maximum number of calls that one round settles, each in a unit of work of its own. */
const BATCH = 100;

/**
 * Hands calls to instances. The slots of a project are no counters but the rows themselves: whatever ends a call frees its slot, the end
 * of a dead instance's lease too.
 */
@Injectable()
export class CallClaims {
  /** Id of this instance in rows. */
  readonly instanceId = uuid();

  constructor(
    private readonly database: Database,
    private readonly events: CallEvents,
    private readonly clock: Clock,
    private readonly settings: CallsSettings,
  ) {}

  /** Returns projects with queued calls. The one whose last call started longest ago comes first. */
  async projectsWaiting(): Promise<string[]> {
    const rows: { id: string }[] = await this.database.reader.query(
      `SELECT waiting.project_id AS id,
        (SELECT MAX(started.dial_started_at) FROM calls started WHERE started.project_id = waiting.project_id) AS last_start
       FROM (SELECT project_id, MIN(id) AS oldest FROM calls WHERE status = 'queued' GROUP BY project_id) waiting
       ORDER BY last_start, waiting.oldest`,
    );
    return rows.map(({ id }) => id);
  }

  /** Takes the project's oldest call for this instance, if the project has a slot. It may be dialled once this is committed, and never again. */
  claim(projectId: string): Promise<Call | null> {
    return this.database.write(async (tx) => {
      // Claiming and adding calls of a project take this lock, so that no two count its slots at once.
      // It comes first, for MariaDB counts what was committed when a unit of work first reads without a lock.
      if (!(await tx.lock(Project, { id: projectId, deletedAt: IsNull() }))) return null;
      return (await this.hasSlot(tx, projectId)) ? this.takeOldest(tx, projectId) : null;
    });
  }

  /** Renews the leases of these calls of this instance; returns those that it still holds. */
  async renew(ids: string[]): Promise<Pick<Call, 'id' | 'endRequestedAt'>[]> {
    if (ids.length === 0) return [];
    const held = { id: In(ids), leaseOwner: this.instanceId };
    const leasedUntil = this.leasedUntil();
    return this.database.write(async ({ manager }) => {
      await manager.update(Call, held, { leasedUntil });
      return manager.find(Call, { select: { id: true, endRequestedAt: true }, where: held });
    });
  }

  /**
   * Fails calls whose instance died; returns how many there were. Nobody knows whether they were dialled, so nobody dials them again.
   * `underWay` are this instance's own: a clock that jumped ahead does not make them lost.
   */
  failLost(underWay: string[]): Promise<number> {
    const lost = { id: Not(In(underWay)), status: In(ACTIVE_STATUSES), leasedUntil: LessThan(this.clock.now()) };
    return this.failAll(lost, 'instance-lost');
  }

  /** Fails calls that have waited for too long; returns how many there were. */
  failExpired(): Promise<number> {
    const before = this.clock.in(-this.settings.CALL_QUEUE_HOURS * HOUR_MS);
    // By id, which begins with the moment of creation (RFC 9562, section 5.7): the index of waiting calls has it.
    const hex = before.getTime().toString(16).padStart(12, '0');
    return this.failAll({ status: 'queued', id: LessThan(`${hex.slice(0, 8)}-${hex.slice(8)}-`) }, 'expired');
  }

  /** What makes a call this instance's, from now on. */
  lease(): Pick<Call, 'leaseOwner' | 'leasedUntil'> {
    return { leaseOwner: this.instanceId, leasedUntil: this.leasedUntil() };
  }

  private async hasSlot({ manager }: Transaction, projectId: string): Promise<boolean> {
    const active = await manager.countBy(Call, { projectId, status: In(ACTIVE_STATUSES) });
    if (active >= this.settings.CALLS_PER_PROJECT) return false;
    const lately = { projectId, dialStartedAt: MoreThan(this.clock.in(-SECOND_MS)) };
    return (await manager.countBy(Call, lately)) < this.settings.CALLS_PER_SECOND;
  }

  private async takeOldest(tx: Transaction, projectId: string): Promise<Call | null> {
    for (let passed = 0; passed < BATCH; passed += 1) {
      const where = { projectId, status: 'queued' } as const;
      const oldest = await tx.manager.findOne(Call, { select: { id: true }, where, order: { id: 'ASC' } });
      const call = oldest && (await tx.lock(Call, { id: oldest.id, status: 'queued' }));
      // It was canceled at this moment. The next round takes the call behind it.
      if (!call) return null;
      const { userId, toNumber } = call;
      const isSuppressed = await tx.manager.existsBy(SuppressedNumber, { userId, e164: toNumber });
      if (!isSuppressed) return this.start(tx, call);
      await this.events.move(tx, call, 'canceled', { endedReason: 'suppressed' });
    }
    return null;
  }

  private start(tx: Transaction, call: Call): Promise<Call | null> {
    return this.events.move(tx, call, 'initiated', { ...this.lease(), dialStartedAt: this.clock.now() });
  }

  private async failAll(where: FindOptionsWhere<Call>, endedReason: EndedReason): Promise<number> {
    const found = await this.database.reader.manager.find(Call, { select: { id: true }, where, take: BATCH });
    let failed = 0;
    for (const { id } of found) {
      failed += await this.database.write(async (tx) => {
        // Checked again under the lock: the lease may have been renewed, or the call claimed.
        const call = (await tx.lock(Call, { id })) && (await tx.manager.findOneBy(Call, [{ ...where, id }]));
        return call && (await this.events.move(tx, call, 'failed', { endedReason })) ? 1 : 0;
      });
    }
    return failed;
  }

  private leasedUntil(): Date {
    return this.clock.in(this.settings.CALL_LEASE_SECONDS * SECOND_MS);
  }
}
