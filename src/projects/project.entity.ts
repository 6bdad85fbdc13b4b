import { Column, Entity, Index, JoinColumn, ManyToOne } from 'typeorm';
import { IdColumn, MomentColumn } from '../database/columns.js';
import { User } from '../users/user.entity.js';
import { WEBHOOK_URL_MAX_LENGTH } from '../webhooks/webhook-target.js';

export const PROJECT_NAME_MAX_LENGTH = 100;
export const PROJECT_DESCRIPTION_MAX_LENGTH = 1000;

/** A project of a user; agents, phone numbers and calls belong to a project. */
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

  /** Hash of the normalised name, because databases compare text differently; null for a deleted project, whose name is free. */
  @Column({ type: 'varchar', length: 64, nullable: true })
  nameKey: string | null;

  @Column({ type: 'varchar', length: PROJECT_DESCRIPTION_MAX_LENGTH })
  description: string;

  /** URL to which call events are sent. */
  @Column({ type: 'varchar', length: WEBHOOK_URL_MAX_LENGTH, nullable: true })
  callStatusWebhook: string | null;

  /** Id of the project's default agent. */
  @Column({ type: 'varchar', length: 36, nullable: true })
  activeAgent: string | null;

  @MomentColumn()
  createdAt: Date;

  @MomentColumn()
  updatedAt: Date;

  /** The row of a deleted project is kept for a while, but no request finds it. */
  @MomentColumn({ nullable: true })
  deletedAt: Date | null;
}
