import { Column } from 'typeorm';
import { IdColumn, MomentColumn } from '../database/columns.js';

/** A row that one instance at a time works on. Entities extend this class; their migrations use `leaseColumns`. */
export abstract class LeasedRow {
  @IdColumn()
  id: string;

  /** Number of tries so far. */
  @Column({ type: 'int' })
  tries: number;

  /** Earliest time of the next try. */
  @MomentColumn()
  nextTryAt: Date;

  /** Instance that works on it. */
  @Column({ type: 'varchar', length: 36, nullable: true })
  leaseOwner: string | null;

  /** No other instance may take it before. */
  @MomentColumn({ nullable: true })
  leasedUntil: Date | null;
}

/** Column values of a new row that is due at once. */
export function notLeased(now: Date): Pick<LeasedRow, 'tries' | 'nextTryAt' | 'leaseOwner' | 'leasedUntil'> {
  return { tries: 0, nextTryAt: now, leaseOwner: null, leasedUntil: null };
}
