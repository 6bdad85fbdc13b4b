import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { MomentColumn } from '../database/columns.js';

/** How often something happened to an address since a moment. */
export class Tally {
  @Column({ type: 'int' })
  count: number;

  @MomentColumn()
  since: Date;

  @MomentColumn()
  lastAt: Date;
}

/**
 * What may be done to an address, whether it has an account or not. The row is also the lock under which everything that
 * turns on "does this address have an account" happens: signup, verification, reset, deletion.
 */
@Entity('address_limits')
export class AddressLimits {
  /** HMAC of the address: the table tells nobody which addresses were tried. */
  @PrimaryColumn({ type: 'varchar', length: 64 })
  id: string;

  /** Wrong verification codes. */
  @Column(() => Tally)
  failedCodes: Tally;

  /** Letters that signups and resends were to send. */
  @Column(() => Tally)
  codeLetters: Tally;

  /** Letters with a reset link that were asked for. */
  @Column(() => Tally)
  resetLetters: Tally;

  @Index('address_limits_touched_at')
  @MomentColumn()
  touchedAt: Date;
}
