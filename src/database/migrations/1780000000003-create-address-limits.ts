import { index, integer, moment, text } from './columns.js';
import { CreateTable } from './create-table.js';

export class CreateAddressLimits extends CreateTable {
  readonly name = 'CreateAddressLimits1780000000003';
  protected readonly table = {
    name: 'address_limits',
    columns: [
      text('id', 64, { isPrimary: true }),
      ...['failed_codes', 'code_letters', 'reset_letters'].flatMap((tally) => [
        integer(tally + '_count'),
        moment(tally + '_since'),
        moment(tally + '_last_at'),
      ]),
      moment('touched_at'),
    ],
    indices: [index('address_limits_touched_at', 'touched_at')],
  };
}
