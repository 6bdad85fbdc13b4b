import { index, moment, text } from './columns.js';
import { CreateTable } from './create-table.js';

export class CreateThrottleResets extends CreateTable {
  readonly name = 'CreateThrottleResets1780000000161';
  protected readonly table = {
    name: 'throttle_resets',
    columns: [text('id', 64, { isPrimary: true }), moment('at')],
    indices: [index('throttle_resets_at', 'at')],
  };
}
