import { Column } from 'typeorm';
import { IdColumn, MomentColumn } from '../database/columns.js';

/** A row that waits in its table to be worked on, by one instance at a time. An entity extends this class; its migration uses `leaseColumns`. */
export abstract class LeasedRow {
  @IdColumn()
  id: string;

  /** Tries so far. */
  @Column({ type: 'int' })
  tries: number;

  /** Not worked on before this moment. */
  @MomentColumn()
  nextTryAt: Date;

  /** Instance that works on it at present. */
  @Column({ type: 'varchar', length: 36, nullable: true })
  leaseOwner: string | null;

  /** Until then no other instance may take it. */
  @MomentColumn({ nullable: true })
  leasedUntil: Date | null;
}

/** Values of these columns in a row that is new and due at once. */
export function notLeased(now: Date): Pick<LeasedRow, 'tries' | 'nextTryAt' | 'leaseOwner' | 'leasedUntil'> {
  return { tries: 0, nextTryAt: now, leaseOwner: null, leasedUntil: null };
}
