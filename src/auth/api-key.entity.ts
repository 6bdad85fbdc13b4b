import { Column, Entity, Index, JoinColumn, ManyToOne } from 'typeorm';
import { IdColumn, MomentColumn } from '../database/columns.js';
import { User } from '../users/user.entity.js';

/** An API key: the present one of its user, or the one before it during its overlap. */
@Entity('api_keys')
export class ApiKey {
  @IdColumn()
  id: string;

  @Index('api_keys_user_id')
  @Column({ name: 'user_id', type: 'varchar', length: 36 })
  userId: string;

  @ManyToOne(() => User, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'api_keys_user' })
  user?: unknown;

  /** SHA-256 of the key. */
  @Index('api_keys_key_hash_unique', { unique: true })
  @Column({ name: 'key_hash', type: 'varchar', length: 64 })
  keyHash: string;

  /** The key's first 8 digits, for its owner to tell keys apart. */
  @Column({ type: 'varchar', length: 8 })
  prefix: string;

  @MomentColumn({ name: 'created_at' })
  createdAt: Date;

  /** Written at most once a minute. */
  @MomentColumn({ name: 'last_used_at', nullable: true })
  lastUsedAt: Date | null;

  /** End of the overlap of a replaced key; null for the present one. */
  @MomentColumn({ name: 'expires_at', nullable: true })
  expiresAt: Date | null;
}
