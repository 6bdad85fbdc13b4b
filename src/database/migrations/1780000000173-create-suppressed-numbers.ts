import { cascade, id, moment, text, uniqueIndex } from './columns.js';
import { CreateTable } from './create-table.js';

export class CreateSuppressedNumbers extends CreateTable {
  readonly name = 'CreateSuppressedNumbers1780000000173';
  protected readonly table = {
    name: 'suppressed_numbers',
    columns: [id(), text('user_id', 36), text('e164', 16), moment('created_at')],
    indices: [uniqueIndex('suppressed_numbers_unique', 'user_id', 'e164')],
    foreignKeys: [cascade('suppressed_numbers_user', 'user_id', 'users')],
  };
}
