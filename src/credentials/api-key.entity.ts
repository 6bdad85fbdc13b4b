import { Column, Entity, Index, JoinColumn, ManyToOne } from 'typeorm';
import { IdColumn, MomentColumn } from '../database/columns.js';
import { User } from '../users/user.entity.js';

/** An API key: the user's current one, or the previous one during its overlap. */
@Entity('api_keys')
export class ApiKey {
  @IdColumn()
  id: string;

  @Index('api_keys_user_id')
  @Column({ type: 'varchar', length: 36 })
  userId: string;

  @ManyToOne(() => User, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'api_keys_user' })
  user?: unknown;

  /** SHA-256 of the key. */
  @Index('api_keys_key_hash_unique', { unique: true })
  @Column({ type: 'varchar', length: 64 })
  keyHash: string;

  /** First 8 digits of the key, by which its owner recognises it. */
  @Column({ type: 'varchar', length: 8 })
  prefix: string;

  @MomentColumn()
  createdAt: Date;

  /** Written at most once a minute. */
  @MomentColumn({ nullable: true })
  lastUsedAt: Date | null;

  /** When a replaced key stops working; null for the current one. */
  @Index('api_keys_expires_at')
  @MomentColumn({ nullable: true })
  expiresAt: Date | null;
}
