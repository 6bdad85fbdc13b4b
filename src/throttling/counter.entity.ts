import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { MomentColumn } from '../database/columns.js';

/** A counter with an end: tries (on MariaDB/MySQL without Redis), and known networks (always). */
@Entity('counters')
export class Counter {
  /** HMAC of what is counted, so that the table does not reveal addresses or networks. */
  @PrimaryColumn({ type: 'varchar', length: 64 })
  id: string;

  @Column({ type: 'int' })
  count: number;

  /** End of the window: the counter starts again, or the row may be deleted. */
  @Index('counters_resets_at')
  @MomentColumn()
  resetsAt: Date;
}
