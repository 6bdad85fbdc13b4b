import { Column, Entity, Index, JoinColumn, ManyToOne } from 'typeorm';
import { IdColumn, MomentColumn } from '../database/columns.js';
import { Project } from '../projects/project.entity.js';
import { type CarrierStatus } from '../telephony/carrier.js';

/** A plus sign and at most 15 digits (ITU-T E.164). */
export const E164_MAX_LENGTH = 16;

/**
 * A phone number of a project, linked to an agent or to none. No other project can have it. The foreign key to the agent is declared beside
 * the entity Agent, because agents import phone numbers.
 */
@Entity('phone_numbers')
@Index('phone_numbers_of_project', ['projectId', 'agentId'])
export class PhoneNumber {
  @IdColumn()
  id: string;

  @Index('phone_numbers_of_user')
  @Column({ type: 'varchar', length: 36 })
  userId: string;

  @Column({ type: 'varchar', length: 36 })
  projectId: string;

  @ManyToOne(() => Project, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'project_id', foreignKeyConstraintName: 'phone_numbers_project' })
  project?: unknown;

  /** Null while the number is available. */
  @Index('phone_numbers_agent_unique', { unique: true })
  @Column({ type: 'varchar', length: 36, nullable: true })
  agentId: string | null;

  @Index('phone_numbers_e164_unique', { unique: true })
  @Column({ type: 'varchar', length: E164_MAX_LENGTH })
  e164: string;

  /** ISO 3166-1 code; null when the number has no country. */
  @Column({ type: 'varchar', length: 2, nullable: true })
  country: string | null;

  @Column({ type: 'varchar', length: 16 })
  carrierStatus: CarrierStatus;

  @MomentColumn()
  createdAt: Date;

  @MomentColumn()
  updatedAt: Date;
}
