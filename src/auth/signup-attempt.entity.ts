import { Column, Entity, Index } from 'typeorm';
import { IdColumn, MomentColumn } from '../database/columns.js';

/**
 * A signup that waits for its code. Each has its own password, name, session and future user id, so that nobody can plant a password on
 * somebody else's address: only the attempt whose code is entered becomes the user.
 */
@Entity('signup_attempts')
export class SignupAttempt {
  @IdColumn()
  id: string;

  /** The address; of a decoy, a MAC of the address (see SignupAttempts.retire). */
  @Index('signup_attempts_email')
  @Column({ type: 'varchar', length: 254 })
  email: string;

  /** Id of the user that this attempt becomes when its code is entered. */
  @Column({ type: 'varchar', length: 36 })
  userId: string;

  @Column({ type: 'varchar', length: 100 })
  name: string;

  @Column({ type: 'varchar', length: 255 })
  passwordHash: string;

  /** HMAC of the code; null when no code matches, as for a decoy. */
  @Column({ type: 'varchar', length: 64, nullable: true })
  codeHash: string | null;

  @MomentColumn()
  codeExpiresAt: Date;

  /** Tries of the current code without this signup's token; counted before each comparison. */
  @Column({ type: 'int' })
  codeTries: number;

  /** Tries of the current code with this signup's token, which nobody else can use up. */
  @Column({ type: 'int', default: 0 })
  ownCodeTries: number;

  /** Masked network of the client; null for rows older than the column. */
  @Column({ type: 'varchar', length: 64, nullable: true })
  network: string | null;

  /** User-Agent of the client. */
  @Column({ type: 'varchar', length: 255, nullable: true })
  userAgent: string | null;

  /** Another signup of the address, with another password, was pushed out or refused. */
  @Column({ type: 'boolean', default: false })
  isContested: boolean;

  @Index('signup_attempts_created_at')
  @MomentColumn()
  createdAt: Date;
}
