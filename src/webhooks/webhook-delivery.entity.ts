import { Column, Entity, Index, JoinColumn, ManyToOne } from 'typeorm';
import { MomentColumn } from '../database/columns.js';
import { LeasedRow } from '../outbox/leased-row.js';
import type { WebhookType } from './webhook-types.js';

/** Where a delivery stands. */
export const DELIVERY_STATE = {
  /** Waiting for its next try. */
  QUEUED: 'queued',
  DELIVERED: 'delivered',
  /** Given up after its tries. */
  FAILED: 'failed',
  /** Given up because the project has no webhook URL any more. */
  CANCELED: 'canceled',
} as const;
export type DeliveryState = (typeof DELIVERY_STATE)[keyof typeof DELIVERY_STATE];

/** A webhook on its way, written in the unit of work of what it tells of. Its id is the `webhook-id`. */
@Entity('webhook_deliveries')
@Index('webhook_deliveries_in_order', ['subjectId', 'position'], { unique: true })
@Index('webhook_deliveries_waiting', ['state', 'projectId', 'nextTryAt'])
@Index('webhook_deliveries_of_project', ['projectId', 'id'])
@Index('webhook_deliveries_of_user', ['userId', 'id'])
export class WebhookDelivery extends LeasedRow {
  @Column({ type: 'varchar', length: 36 })
  userId: string;

  @Column({ type: 'varchar', length: 36 })
  projectId: string;

  // By name, for projects are built upon webhooks.
  @ManyToOne('Project', { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'project_id', foreignKeyConstraintName: 'webhook_deliveries_project' })
  project?: unknown;

  @Column({ type: 'varchar', length: 32 })
  type: WebhookType;

  /** What it tells of: the `call_id` of a call; of a test, the id of its project. Those of one subject are delivered one after the other. */
  @Column({ type: 'varchar', length: 36 })
  subjectId: string;

  /** Its place among those of its subject. */
  @Column({ type: 'int' })
  position: number;

  @Column({ type: 'varchar', length: 16 })
  state: DeliveryState;

  /** HTTP status of the last answer. */
  @Column({ type: 'int', nullable: true })
  status: number | null;

  /** Why the last try failed; nothing of what the receiver said. */
  @Column({ type: 'varchar', length: 255, nullable: true })
  lastError: string | null;

  @MomentColumn({ nullable: true })
  triedAt: Date | null;

  /** No further try after this moment. */
  @MomentColumn()
  triedUntil: Date;

  @Index('webhook_deliveries_settled_at')
  @MomentColumn({ nullable: true })
  settledAt: Date | null;

  /** Moment of what it tells of. */
  @MomentColumn()
  createdAt: Date;
}
