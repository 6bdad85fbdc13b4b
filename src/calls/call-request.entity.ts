import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { MomentColumn } from '../database/columns.js';
import { User } from '../users/user.entity.js';

/** A request that came with an `Idempotency-Key`, and what it made. */
@Entity('call_requests')
export class CallRequest {
  /** SHA-256 of the user and the key: keys are up to the client, and may be secrets. */
  @PrimaryColumn({ type: 'varchar', length: 64 })
  keyHash: string;

  @Index('call_requests_of_user')
  @Column({ type: 'varchar', length: 36 })
  userId: string;

  @ManyToOne(() => User, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'call_requests_user' })
  user?: unknown;

  /** SHA-256 of the body. */
  @Column({ type: 'varchar', length: 64 })
  bodyHash: string;

  /** The call, or the batch, that the request made. */
  @Column({ type: 'varchar', length: 36 })
  resultId: string;

  @Index('call_requests_created_at')
  @MomentColumn()
  createdAt: Date;
}
