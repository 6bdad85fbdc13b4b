import { Column, Entity, Index } from 'typeorm';
import { IdColumn, MomentColumn } from '../database/columns.js';

/** A person who proved their address. Before that there are only signup attempts. */
@Entity('users')
export class User {
  @IdColumn()
  id: string;

  /** In its normalised form. */
  @Index('users_email_unique', { unique: true })
  @Column({ type: 'varchar', length: 254 })
  email: string;

  @Column({ type: 'varchar', length: 100 })
  name: string;

  /** PHC string. */
  @Column({ type: 'varchar', length: 255 })
  passwordHash: string;

  @Column({ type: 'varchar', length: 255, nullable: true })
  companyName: string | null;

  @Column({ type: 'varchar', length: 36, nullable: true })
  activeProject: string | null;

  /** An administrator locked the account: nobody logs in, and its API key does not work. */
  @MomentColumn({ nullable: true })
  lockedAt: Date | null;

  @MomentColumn()
  createdAt: Date;

  @MomentColumn()
  updatedAt: Date;
}
