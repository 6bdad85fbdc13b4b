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

  /** That of a decoy is a MAC of the address: see SignupAttempts.retire. */
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

  /** HMAC of the code; null when no code can match: used up, or a decoy for an address that has an account. */
  @Column({ type: 'varchar', length: 64, nullable: true })
  codeHash: string | null;

  @MomentColumn()
  codeExpiresAt: Date;

  /** Tries of the present code by requests without this signup's token, counted before each comparison. */
  @Column({ type: 'int' })
  codeTries: number;

  /** Tries of the present code with this signup's own token: nobody else can use them up. */
  @Column({ type: 'int', default: 0 })
  ownCodeTries: number;

  /** Network that signed up, its last bits masked; null for signups from before it was kept. */
  @Column({ type: 'varchar', length: 64, nullable: true })
  network: string | null;

  /** Program that signed up, by its own words. */
  @Column({ type: 'varchar', length: 255, nullable: true })
  userAgent: string | null;

  /** A signup of the same address with another password was pushed out or refused. */
  @Column({ type: 'boolean', default: false })
  isContested: boolean;

  @Index('signup_attempts_created_at')
  @MomentColumn()
  createdAt: Date;
}
