import { Column, Entity, Index, JoinColumn, ManyToOne } from 'typeorm';
import { IdColumn, MomentColumn } from '../database/columns.js';
import { User } from '../users/user.entity.js';
import { WEBHOOK_URL_MAX_LENGTH } from '../webhooks/webhook-target.js';

export const PROJECT_NAME_MAX_LENGTH = 100;
export const PROJECT_DESCRIPTION_MAX_LENGTH = 1000;

/** A project of a user: agents, phone numbers and calls belong to one. */
@Entity('projects')
@Index('projects_newest', ['userId', 'deletedAt', 'id'])
@Index('projects_name_unique', ['userId', 'nameKey'], { unique: true })
export class Project {
  @IdColumn()
  id: string;

  @Column({ type: 'varchar', length: 36 })
  userId: string;

  @ManyToOne(() => User, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'projects_user' })
  user?: unknown;

  @Column({ type: 'varchar', length: PROJECT_NAME_MAX_LENGTH })
  name: string;

  /** What names are compared by, a hash because the databases compare text differently; null frees the name of a deleted project. */
  @Column({ type: 'varchar', length: 64, nullable: true })
  nameKey: string | null;

  @Column({ type: 'varchar', length: PROJECT_DESCRIPTION_MAX_LENGTH })
  description: string;

  /** Where the calls' progress is reported. */
  @Column({ type: 'varchar', length: WEBHOOK_URL_MAX_LENGTH, nullable: true })
  callStatusWebhook: string | null;

  /** Id of the project's default agent. */
  @Column({ type: 'varchar', length: 36, nullable: true })
  activeAgent: string | null;

  @MomentColumn()
  createdAt: Date;

  @MomentColumn()
  updatedAt: Date;

  /** A deleted project is kept, but found by nobody. */
  @MomentColumn({ nullable: true })
  deletedAt: Date | null;
}
