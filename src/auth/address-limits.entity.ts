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
 * Counters of an address, with or without an account. Further rows count per network and per signup token. The row of the address is also
 * the lock for whatever depends on "does this address have an account": signup, verification, reset, deletion.
 */
@Entity('address_limits')
export class AddressLimits {
  /** HMAC of the address (and the network or signup), so that the table does not reveal which addresses were tried. */
  @PrimaryColumn({ type: 'varchar', length: 64 })
  id: string;

  /** Wrong verification codes. */
  @Column(() => Tally)
  failedCodes: Tally;

  /** Messages with a code, by signup or resend; counted per network. */
  @Column(() => Tally)
  codeLetters: Tally;

  /** Messages with a reset link. */
  @Column(() => Tally)
  resetLetters: Tally;

  /** All messages that strangers can cause, per day; counted for the address. */
  @Column(() => Tally)
  letters: Tally;

  /** Messages beyond that limit, kept free for networks that had not asked before. */
  @Column(() => Tally)
  newcomerLetters: Tally;

  @Index('address_limits_touched_at')
  @MomentColumn()
  touchedAt: Date;
}
