import { cascade, id, integer, longText, text, uniqueIndex } from './columns.js';
import { CreateTable } from './create-table.js';

export class CreateWebhookContents extends CreateTable {
  readonly name = 'CreateWebhookContents1780000000201';
  protected readonly table = {
    name: 'webhook_contents',
    columns: [id(), text('delivery_id', 36), integer('position'), longText('sealed')],
    indices: [uniqueIndex('webhook_contents_of_delivery', 'delivery_id', 'position')],
    foreignKeys: [cascade('webhook_contents_delivery', 'delivery_id', 'webhook_deliveries')],
  };
}
