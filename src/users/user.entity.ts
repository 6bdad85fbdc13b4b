import { Column, Entity, Index } from 'typeorm';
import { IdColumn, MomentColumn } from '../database/columns.js';

/** A person who has verified their address. Until then there are only signup attempts. */
@Entity('users')
export class User {
  @IdColumn()
  id: string;

  /** Normalised address. */
  @Index('users_email_unique', { unique: true })
  @Column({ type: 'varchar', length: 254 })
  email: string;

  @Column({ type: 'varchar', length: 100 })
  name: string;

  /** Argon2 hash as a PHC string. */
  @Column({ type: 'varchar', length: 255 })
  passwordHash: string;

  @Column({ type: 'varchar', length: 255, nullable: true })
  companyName: string | null;

  @Column({ type: 'varchar', length: 36, nullable: true })
  activeProject: string | null;

  /** When an administrator locked the account, so that nobody can log in and its API key does not work. Null when it is not locked. */
  @MomentColumn({ nullable: true })
  lockedAt: Date | null;

  @MomentColumn()
  createdAt: Date;

  @MomentColumn()
  updatedAt: Date;
}
