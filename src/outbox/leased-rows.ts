import { EntityTarget, FindOptionsWhere, In, IsNull, LessThanOrEqual, Not, Or } from 'typeorm';
import type { QueryDeepPartialEntity } from 'typeorm/query-builder/QueryPartialEntity.js';
import { v7 as uuid } from 'uuid';
import { Clock } from '../common/clock.js';
import { Database } from '../database/database.js';
import { Transaction } from '../database/transaction.js';
import { LeasedRow } from './leased-row.js';

/** Which rows to lease. */
export interface Claim<Row extends LeasedRow> {
  /** Further condition for rows that are due and not leased. */
  where: FindOptionsWhere<Row>;
  limit: number;
  /** Ids of the rows to take. Default: those that have been due longest. */
  chosen?: string[];
  /** Ids of rows that this instance works on: their leases may have run out while the database was away. */
  except?: string[];
}

/** Runs in the unit of work that settles a row, for what must be committed together with it. */
export type Aftermath = (transaction: Transaction) => Promise<void>;

/**
 * Gives each row of a table to one instance at a time. A conditional update leases the row, and the lease is renewed while the work lasts.
 * When an instance dies, its lease runs out and another instance takes over. So a row is worked on at least once, and twice only if its
 * instance died, or lost the database for longer than a lease. Clocks of instances must differ by less than a lease.
 */
export class LeasedRows<Row extends LeasedRow> {
  private readonly instanceId = uuid();

  constructor(
    private readonly entity: EntityTarget<Row>,
    private readonly database: Database,
    private readonly clock: Clock,
    readonly leaseMs: number,
  ) {}

  /** Leases due rows and returns them, longest due first. Of competing instances, the fastest gets a row. */
  async claim({ where, limit, chosen, except = [] }: Claim<Row>): Promise<Row[]> {
    if (limit <= 0) return [];
    const due = { ...where, ...this.due(except) } as FindOptionsWhere<Row>;
    const order = { nextTryAt: 'ASC', id: 'ASC' } as object;
    const ids = (chosen ?? (await this.longestDue(due, order, limit))).filter((one) => !except.includes(one));
    if (ids.length === 0) return [];
    const id = In(ids.slice(0, limit));
    return this.database.write(async ({ manager }) => {
      // The condition is checked again under the rows' locks.
      await manager.update(
        this.entity,
        { ...due, id },
        this.changes({ leaseOwner: this.instanceId, ...this.renewal() }),
      );
      return manager.find(this.entity, { where: { ...this.held(), id } as FindOptionsWhere<Row>, order });
    });
  }

  /** Renews the lease and changes the row. Returns false, and changes nothing, when the lease was lost. */
  async renew({ id }: Row, changes: Partial<Row> = {}): Promise<boolean> {
    const renewed = this.changes({ ...this.renewal(), ...changes });
    const { affected } = await this.database.write(({ manager }) =>
      manager.update(this.entity, this.held(id), renewed),
    );
    return affected === 1;
  }

  /**
   * Ends the lease and writes the outcome, together with `aftermath`. Returns false, and writes nothing, when the lease was lost: the row
   * belongs to another instance.
   */
  settle({ id }: Row, changes: Partial<Row>, aftermath?: Aftermath): Promise<boolean> {
    const settled = this.changes({ ...changes, leaseOwner: null, leasedUntil: null });
    return this.database.write(async (transaction) => {
      const { affected } = await transaction.manager.update(this.entity, this.held(id), settled);
      if (affected === 1) await aftermath?.(transaction);
      return affected === 1;
    });
  }

  private async longestDue(where: FindOptionsWhere<Row>, order: object, take: number): Promise<string[]> {
    const select = { id: true } as object;
    const rows = await this.database.reader.manager.find(this.entity, { select, where, order, take });
    return rows.map(({ id }) => id);
  }

  private due(except: string[]): FindOptionsWhere<LeasedRow> {
    const now = this.clock.now();
    return {
      ...(except.length > 0 && { id: Not(In(except)) }),
      nextTryAt: LessThanOrEqual(now),
      leasedUntil: Or(IsNull(), LessThanOrEqual(now)),
    };
  }

  private held(id?: string): FindOptionsWhere<Row> {
    return { ...(id !== undefined && { id }), leaseOwner: this.instanceId } as FindOptionsWhere<Row>;
  }

  private renewal(): { leasedUntil: Date } {
    return { leasedUntil: this.clock.in(this.leaseMs) };
  }

  /** TypeORM cannot see that a generic row has the columns of LeasedRow. */
  private changes(values: object): QueryDeepPartialEntity<Row> {
    return values;
  }
}
