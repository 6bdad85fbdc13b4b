import { EntityManager, EntityTarget, FindOptionsWhere, ObjectLiteral } from 'typeorm';
import { isPlain, Rows } from './rows.js';

/** A unit of work: it is committed as a whole, or not at all. */
export class Transaction {
  /** Fast statements for hot paths. */
  readonly rows: Rows;
  private readonly whenCommitted: (() => void)[] = [];

  constructor(readonly manager: EntityManager) {
    this.rows = new Rows(manager);
  }

  /** Finds a row and locks it until the end of this unit of work. */
  lock<Row extends ObjectLiteral>(entity: EntityTarget<Row>, where: FindOptionsWhere<Row>): Promise<Row | null> {
    if (isPlain(where)) return this.rows.lock(entity, where);
    // On SQLite units of work run one at a time, so the row is locked already.
    return this.manager.findOne(entity, {
      where,
      ...(!this.rows.isSqlite && { lock: { mode: 'pessimistic_write' } }),
    });
  }

  /** Runs the action after the commit, for example to update caches or wake workers. */
  afterCommit(action: () => void): void {
    this.whenCommitted.push(action);
  }

  runAfterCommit(): void {
    for (const action of this.whenCommitted) action();
  }
}
