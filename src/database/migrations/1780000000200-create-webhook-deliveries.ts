import { cascade, id, index, integer, leaseColumns, moment, nullable, text, uniqueIndex } from './columns.js';
import { CreateTable } from './create-table.js';

export class CreateWebhookDeliveries extends CreateTable {
  readonly name = 'CreateWebhookDeliveries1780000000200';
  protected readonly table = {
    name: 'webhook_deliveries',
    columns: [
      id(),
      text('user_id', 36),
      text('project_id', 36),
      text('type', 32),
      text('subject_id', 36),
      integer('position'),
      text('state', 16),
      ...leaseColumns(),
      { name: 'status', type: 'integer', isNullable: true },
      text('last_error', 255, nullable),
      moment('tried_at', nullable),
      moment('tried_until'),
      moment('settled_at', nullable),
      moment('created_at'),
    ],
    indices: [
      uniqueIndex('webhook_deliveries_in_order', 'subject_id', 'position'),
      index('webhook_deliveries_waiting', 'state', 'project_id', 'next_try_at'),
      index('webhook_deliveries_of_project', 'project_id', 'id'),
      index('webhook_deliveries_of_user', 'user_id', 'id'),
      index('webhook_deliveries_settled_at', 'settled_at'),
    ],
    foreignKeys: [cascade('webhook_deliveries_project', 'project_id', 'projects')],
  };
}
