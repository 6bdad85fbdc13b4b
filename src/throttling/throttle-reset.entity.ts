import { Entity, Index, PrimaryColumn } from 'typeorm';
import { MomentColumn } from '../database/columns.js';

/** An administrator let an address or a user start anew: what was counted of them before this moment no longer holds. */
@Entity('throttle_resets')
export class ThrottleReset {
  /** HMAC of the address, or of the user's id. */
  @PrimaryColumn({ type: 'varchar', length: 64 })
  id: string;

  @Index('throttle_resets_at')
  @MomentColumn()
  at: Date;
}
