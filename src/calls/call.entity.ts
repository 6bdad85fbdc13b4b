import { Column, Entity, Index, JoinColumn, ManyToOne } from 'typeorm';
import { IdColumn, MomentColumn } from '../database/columns.js';
import { E164_MAX_LENGTH } from '../phone-numbers/phone-number.entity.js';
import { Project } from '../projects/project.entity.js';
import type { CallStatus, EndedReason } from './call-status.js';

/** What answered, as the carrier or the voicemail detector reports it. */
export type AnsweredBy = 'human' | 'machine' | 'unknown';

/** A call, from the request to its outcome. Ids are UUIDs v7 of the application's clock: the newest have the highest. */
@Entity('calls')
@Index('calls_of_user', ['userId', 'id'])
@Index('calls_of_project', ['projectId', 'id'])
@Index('calls_by_status', ['projectId', 'status', 'id'])
@Index('calls_by_recipient', ['projectId', 'toNumber', 'id'])
@Index('calls_by_caller', ['projectId', 'fromNumber', 'id'])
@Index('calls_by_start', ['projectId', 'dialStartedAt', 'id'])
@Index('calls_by_end', ['projectId', 'endedAt', 'id'])
@Index('calls_waiting', ['status', 'projectId', 'id'])
export class Call {
  @IdColumn()
  id: string;

  @Column({ type: 'varchar', length: 36 })
  userId: string;

  @Column({ type: 'varchar', length: 36 })
  projectId: string;

  @ManyToOne(() => Project, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'project_id', foreignKeyConstraintName: 'calls_project' })
  project?: unknown;

  /** The agent may be deleted later; the call stays. */
  @Column({ type: 'varchar', length: 36 })
  agentId: string;

  @Column({ type: 'varchar', length: 36, nullable: true })
  batchId: string | null;

  @Column({ type: 'varchar', length: 8 })
  direction: 'outbound' | 'inbound';

  @Column({ type: 'varchar', length: 16 })
  status: CallStatus;

  @Column({ type: 'varchar', length: 32, nullable: true })
  endedReason: EndedReason | null;

  /** The SIP status or the carrier's own number. */
  @Column({ type: 'int', nullable: true })
  carrierCode: number | null;

  @Column({ type: 'varchar', length: 8, nullable: true })
  answeredBy: AnsweredBy | null;

  @Column({ type: 'varchar', length: E164_MAX_LENGTH })
  fromNumber: string;

  @Column({ type: 'varchar', length: E164_MAX_LENGTH })
  toNumber: string;

  /** JSON object of strings, numbers and booleans. */
  @Column({ type: 'text' })
  dynamicVariables: string;

  /** Committed before dialling: a call that has this is never dialled again. */
  @MomentColumn({ nullable: true })
  dialStartedAt: Date | null;

  @MomentColumn({ nullable: true })
  answeredAt: Date | null;

  @Index('calls_ended_at')
  @MomentColumn({ nullable: true })
  endedAt: Date | null;

  /** When somebody requested its end. The instance that holds the call checks this. */
  @MomentColumn({ nullable: true })
  endRequestedAt: Date | null;

  /** Id of the instance that holds the call. */
  @Column({ type: 'varchar', length: 36, nullable: true })
  leaseOwner: string | null;

  /** After that moment the instance counts as dead. */
  @MomentColumn({ nullable: true })
  leasedUntil: Date | null;

  /** Cost in millionths of the operator's currency. */
  @Column({ type: 'int' })
  costMicros: number;

  /** JSON object: what was noted during the call and found out after it. */
  @Column({ type: 'text' })
  data: string;

  @Column({ type: 'text', nullable: true })
  summary: string | null;

  @Column({ type: 'varchar', length: 8, nullable: true })
  sentiment: string | null;

  /** JSON object of milliseconds; null for a call that nobody answered. */
  @Column({ type: 'text', nullable: true })
  latency: string | null;

  @MomentColumn()
  createdAt: Date;
}
