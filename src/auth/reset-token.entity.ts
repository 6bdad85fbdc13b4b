import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { MomentColumn } from '../database/columns.js';

/** The reset token of an address; a new one replaces it. */
@Entity('reset_tokens')
export class ResetToken {
  @PrimaryColumn({ type: 'varchar', length: 254 })
  email: string;

  /** SHA-256 of the token. */
  @Index('reset_tokens_token_hash_unique', { unique: true })
  @Column({ type: 'varchar', length: 64 })
  tokenHash: string;

  @Index('reset_tokens_expires_at')
  @MomentColumn()
  expiresAt: Date;

  @MomentColumn()
  createdAt: Date;
}
