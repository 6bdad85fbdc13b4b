import { id, index, moment, nullable, text } from './columns.js';
import { CreateTable } from './create-table.js';

export class CreateAuditEvents extends CreateTable {
  readonly name = 'CreateAuditEvents1780000000009';
  protected readonly table = {
    name: 'audit_events',
    columns: [
      id(),
      moment('at'),
      text('type', 40),
      text('user_id', 36, nullable),
      text('email', 254, nullable),
      text('network', 64, nullable),
      text('request_id', 64, nullable),
    ],
    indices: [
      index('audit_events_email_at', 'email', 'at'),
      index('audit_events_user_id', 'user_id'),
      index('audit_events_at', 'at'),
    ],
  };
}
