import { id, moment, nullable, text, uniqueIndex } from './columns.js';
import { CreateTable } from './create-table.js';

export class CreateUsers extends CreateTable {
  readonly name = 'CreateUsers1780000000001';
  protected readonly table = {
    name: 'users',
    columns: [
      id(),
      text('email', 254),
      text('name', 100),
      text('password_hash', 255),
      text('company_name', 255, nullable),
      text('active_project', 36, nullable),
      moment('created_at'),
      moment('updated_at'),
    ],
    indices: [uniqueIndex('users_email_unique', 'email')],
  };
}
