import { Column, Entity, ForeignKey, Index, JoinColumn, ManyToOne } from 'typeorm';
import { IdColumn, MomentColumn } from '../database/columns.js';
import { PhoneNumber } from '../phone-numbers/phone-number.entity.js';
import { Project } from '../projects/project.entity.js';

export const AGENT_NAME_MAX_LENGTH = 100;
export const VOICE_ID_MAX_LENGTH = 64;
/** Maximum size of the instruction in UTF-8: what a text column holds on MariaDB. */
export const SYSTEM_INSTRUCTION_MAX_BYTES = 65_535;

/** An AI phone agent of a project. PhoneNumber references the agent, not the other way round. */
@Entity('agents')
@Index('agents_of_project', ['projectId', 'id'], { unique: true })
export class Agent {
  @IdColumn()
  id: string;

  @Index('agents_of_user')
  @Column({ type: 'varchar', length: 36 })
  userId: string;

  @Column({ type: 'varchar', length: 36 })
  projectId: string;

  @ManyToOne(() => Project, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'project_id', foreignKeyConstraintName: 'agents_project' })
  project?: unknown;

  @Column({ type: 'varchar', length: AGENT_NAME_MAX_LENGTH })
  name: string;

  /** The instruction for the language model; may have `{{variables}}`. */
  @Column({ type: 'text' })
  systemInstruction: string;

  @Column({ type: 'varchar', length: VOICE_ID_MAX_LENGTH, nullable: true })
  voiceId: string | null;

  /** JSON object (see AgentSettings); null for none. */
  @Column({ type: 'text', nullable: true })
  settings: string | null;

  @MomentColumn()
  createdAt: Date;

  @MomentColumn()
  updatedAt: Date;
}

// Both columns, so that no number is linked to an agent of another project.
ForeignKey(() => Agent, ['projectId', 'agentId'], ['projectId', 'id'], {
  name: 'phone_numbers_agent',
  onDelete: 'CASCADE',
})(PhoneNumber);
