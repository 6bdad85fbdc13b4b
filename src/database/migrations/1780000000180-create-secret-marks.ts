import { text } from './columns.js';
import { CreateTable } from './create-table.js';

export class CreateSecretMarks extends CreateTable {
  readonly name = 'CreateSecretMarks1780000000180';
  protected readonly table = {
    name: 'secret_marks',
    columns: [text('id', 16, { isPrimary: true }), text('mac', 64)],
  };
}
