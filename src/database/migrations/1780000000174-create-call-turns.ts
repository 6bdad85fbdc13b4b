import { cascade, id, integer, longText, text, uniqueIndex } from './columns.js';
import { CreateTable } from './create-table.js';

export class CreateCallTurns extends CreateTable {
  readonly name = 'CreateCallTurns1780000000174';
  protected readonly table = {
    name: 'call_turns',
    columns: [
      id(),
      text('call_id', 36),
      integer('position'),
      text('role', 8),
      longText('text'),
      integer('start_ms'),
      integer('end_ms'),
      { name: 'interrupted', type: 'boolean' },
    ],
    indices: [uniqueIndex('call_turns_of_call', 'call_id', 'position')],
    foreignKeys: [cascade('call_turns_call', 'call_id', 'calls')],
  };
}
