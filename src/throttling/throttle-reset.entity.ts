import { Entity, Index, PrimaryColumn } from 'typeorm';
import { MomentColumn } from '../database/columns.js';

/** An administrator reset the counters of an address or user: earlier counts no longer matter. */
@Entity('throttle_resets')
export class ThrottleReset {
  /** HMAC of the address, or of the user's id. */
  @PrimaryColumn({ type: 'varchar', length: 64 })
  id: string;

  @Index('throttle_resets_at')
  @MomentColumn()
  at: Date;
}
