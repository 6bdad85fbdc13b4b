import { Entity, JoinColumn, OneToOne } from 'typeorm';
import { IdColumn, MomentColumn } from '../database/columns.js';
import { SealedColumn } from '../secrets/sealed-column.js';

/** What the webhooks of one project are signed with. A table of its own, for a row whose secret is lost is dropped as a whole. */
@Entity('webhook_secrets')
export class WebhookSecret {
  /** Id of the project. */
  @IdColumn()
  id: string;

  // By name, for projects are built upon webhooks.
  @OneToOne('Project', { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'id', foreignKeyConstraintName: 'webhook_secrets_project' })
  project?: unknown;

  @SealedColumn()
  current: string;

  /** The one before, which signs too until `previousUntil`. */
  @SealedColumn({ nullable: true })
  previous: string | null;

  @MomentColumn({ nullable: true })
  previousUntil: Date | null;
}
