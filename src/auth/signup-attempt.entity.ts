import { Column, Entity, Index } from 'typeorm';
import { IdColumn, MomentColumn } from '../database/columns.js';

/**
 * One signup that waits for its code. It keeps its own password, name, session and the id of the user it may become, so that
 * nobody can plant a password on somebody else's address: only the attempt whose code came back turns into the user.
 */
@Entity('signup_attempts')
export class SignupAttempt {
  @IdColumn()
  id: string;

  @Index('signup_attempts_email')
  @Column({ type: 'varchar', length: 254 })
  email: string;

  /** Id of the user that this attempt becomes when its code is entered. */
  @Column({ name: 'user_id', type: 'varchar', length: 36 })
  userId: string;

  @Column({ type: 'varchar', length: 100 })
  name: string;

  @Column({ name: 'password_hash', type: 'varchar', length: 255 })
  passwordHash: string;

  /** HMAC of the code; null when no code can match: used up, or a decoy for an address that has an account. */
  @Column({ name: 'code_hash', type: 'varchar', length: 64, nullable: true })
  codeHash: string | null;

  @MomentColumn({ name: 'code_expires_at' })
  codeExpiresAt: Date;

  /** Tries of the present code, counted before each comparison. */
  @Column({ name: 'code_tries', type: 'int' })
  codeTries: number;

  @MomentColumn({ name: 'created_at' })
  createdAt: Date;
}
