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
 * What was done to an address, whether it has an account or not; further rows count what was done to it from one network, and with
 * the token of one signup. The address's row is also the lock under which everything happens that turns on "does this address have
 * an account": signup, verification, reset, deletion.
 */
@Entity('address_limits')
export class AddressLimits {
  /** HMAC of the address, with the network or the signup if the row is about one: the table tells nobody which addresses were tried. */
  @PrimaryColumn({ type: 'varchar', length: 64 })
  id: string;

  /** Wrong verification codes. */
  @Column(() => Tally)
  failedCodes: Tally;

  /** Letters that signups and resends were to send; counted for a network. */
  @Column(() => Tally)
  codeLetters: Tally;

  /** Letters with a reset link that were asked for. */
  @Column(() => Tally)
  resetLetters: Tally;

  /** Letters of all kinds that strangers can cause, for the day; counted for the address. */
  @Column(() => Tally)
  letters: Tally;

  /** Letters beyond these, for networks that had not asked for any. */
  @Column(() => Tally)
  newcomerLetters: Tally;

  @Index('address_limits_touched_at')
  @MomentColumn()
  touchedAt: Date;
}
