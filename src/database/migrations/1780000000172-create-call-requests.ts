import { cascade, index, moment, text } from './columns.js';
import { CreateTable } from './create-table.js';

export class CreateCallRequests extends CreateTable {
  readonly name = 'CreateCallRequests1780000000172';
  protected readonly table = {
    name: 'call_requests',
    columns: [
      text('key_hash', 64, { isPrimary: true }),
      text('user_id', 36),
      text('body_hash', 64),
      text('result_id', 36),
      moment('created_at'),
    ],
    indices: [index('call_requests_of_user', 'user_id'), index('call_requests_created_at', 'created_at')],
    foreignKeys: [cascade('call_requests_user', 'user_id', 'users')],
  };
}
