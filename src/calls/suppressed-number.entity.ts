import { Column, Entity, Index, JoinColumn, ManyToOne } from 'typeorm';
import { IdColumn, MomentColumn } from '../database/columns.js';
import { E164_MAX_LENGTH } from '../phone-numbers/phone-number.entity.js';
import { User } from '../users/user.entity.js';

/** A number that no agent of the user may call. */
@Entity('suppressed_numbers')
@Index('suppressed_numbers_unique', ['userId', 'e164'], { unique: true })
export class SuppressedNumber {
  @IdColumn()
  id: string;

  @Column({ type: 'varchar', length: 36 })
  userId: string;

  @ManyToOne(() => User, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'suppressed_numbers_user' })
  user?: unknown;

  @Column({ type: 'varchar', length: E164_MAX_LENGTH })
  e164: string;

  @MomentColumn()
  createdAt: Date;
}
