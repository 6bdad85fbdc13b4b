import { index, integer, moment, text } from './columns.js';
import { CreateTable } from './create-table.js';

export class CreateCounters extends CreateTable {
  readonly name = 'CreateCounters1780000000010';
  protected readonly table = {
    name: 'counters',
    columns: [text('id', 64, { isPrimary: true }), integer('count'), moment('resets_at')],
    indices: [index('counters_resets_at', 'resets_at')],
  };
}
