import { id, index, moment, nullable, setNull, text, uniqueIndex } from './columns.js';
import { CreateTable } from './create-table.js';

export class CreateRecordings extends CreateTable {
  readonly name = 'CreateRecordings1780000000198';
  protected readonly table = {
    name: 'recordings',
    columns: [id(), text('call_id', 36, nullable), text('state', 8), moment('created_at')],
    indices: [
      uniqueIndex('recordings_of_call', 'call_id'),
      index('recordings_by_state', 'state', 'created_at'),
      index('recordings_created_at', 'created_at'),
    ],
    foreignKeys: [setNull('recordings_call', 'call_id', 'calls')],
  };
}
