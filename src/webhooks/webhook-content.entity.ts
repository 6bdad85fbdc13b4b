import { Column, Entity, Index, JoinColumn, ManyToOne } from 'typeorm';
import { IdColumn } from '../database/columns.js';
import { SealedColumn } from '../secrets/sealed-column.js';
import { WebhookDelivery } from './webhook-delivery.entity.js';

/** A piece of what a webhook tells: it may be longer than a column of MariaDB. */
@Entity('webhook_contents')
@Index('webhook_contents_of_delivery', ['deliveryId', 'position'], { unique: true })
export class WebhookContent {
  @IdColumn()
  id: string;

  @Column({ type: 'varchar', length: 36 })
  deliveryId: string;

  @ManyToOne(() => WebhookDelivery, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'delivery_id', foreignKeyConstraintName: 'webhook_contents_delivery' })
  delivery?: unknown;

  @Column({ type: 'int' })
  position: number;

  /** Sealed, because it may contain what people said. */
  @SealedColumn()
  sealed: string;
}
