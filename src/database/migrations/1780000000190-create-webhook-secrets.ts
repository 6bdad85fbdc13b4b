import { cascade, id, longText, moment, nullable } from './columns.js';
import { CreateTable } from './create-table.js';

export class CreateWebhookSecrets extends CreateTable {
  readonly name = 'CreateWebhookSecrets1780000000190';
  protected readonly table = {
    name: 'webhook_secrets',
    columns: [id(), longText('current'), longText('previous', nullable), moment('previous_until', nullable)],
    foreignKeys: [cascade('webhook_secrets_project', 'id', 'projects')],
  };
}
