import { EntityManager, EntityTarget, FindOptionsWhere, ObjectLiteral } from 'typeorm';
import { isPlain, Rows } from './rows.js';

/** One unit of work on the database: all of it is committed, or none. */
export class Transaction {
  /** Quick statements for the paths that every login takes. */
  readonly rows: Rows;
  private readonly whenCommitted: (() => void)[] = [];

  constructor(readonly manager: EntityManager) {
    this.rows = new Rows(manager);
  }

  /** Finds a row and keeps other units of work from it until the end of this one. */
  lock<Row extends ObjectLiteral>(entity: EntityTarget<Row>, where: FindOptionsWhere<Row>): Promise<Row | null> {
    if (isPlain(where)) return this.rows.lock(entity, where);
    // SQLite lets one unit of work in at a time, so there the row is locked already.
    return this.manager.findOne(entity, {
      where,
      ...(!this.rows.isSqlite && { lock: { mode: 'pessimistic_write' } }),
    });
  }

  /** Runs after the commit, and not at all when there is none: for caches and for waking workers. */
  afterCommit(action: () => void): void {
    this.whenCommitted.push(action);
  }

  runAfterCommit(): void {
    for (const action of this.whenCommitted) action();
  }
}
