import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { MomentColumn } from '../database/columns.js';

/** Something counted until a moment: tries (on MariaDB/MySQL without Redis), and logins from a network (always). */
@Entity('counters')
export class Counter {
  /** HMAC of what is counted: the table tells nobody which addresses were tried, nor from where. */
  @PrimaryColumn({ type: 'varchar', length: 64 })
  id: string;

  @Column({ type: 'int' })
  count: number;

  /** From here on the counter counts anew, and the row may go. */
  @Index('counters_resets_at')
  @MomentColumn()
  resetsAt: Date;
}
