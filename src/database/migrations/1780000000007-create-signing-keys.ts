import { id, integer, longText, moment, uniqueIndex } from './columns.js';
import { CreateTable } from './create-table.js';

export class CreateSigningKeys extends CreateTable {
  readonly name = 'CreateSigningKeys1780000000007';
  protected readonly table = {
    name: 'signing_keys',
    columns: [
      id(),
      integer('sequence'),
      longText('public_key'),
      longText('private_key'),
      moment('created_at'),
      moment('signs_from'),
    ],
    indices: [uniqueIndex('signing_keys_sequence_unique', 'sequence')],
  };
}
