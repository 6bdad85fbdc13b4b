import { id, index, leaseColumns, longText, moment, nullable, text } from './columns.js';
import { CreateTable } from './create-table.js';

export class CreateLetters extends CreateTable {
  readonly name = 'CreateLetters1780000000008';
  protected readonly table = {
    name: 'letters',
    columns: [
      id(),
      text('kind', 32),
      text('recipient', 254),
      longText('params'),
      longText('secret', nullable),
      text('state', 16),
      ...leaseColumns(),
      moment('useful_until'),
      text('last_error', 255, nullable),
      moment('tried_at', nullable),
      { name: 'server_failed', type: 'boolean' },
      moment('created_at'),
    ],
    indices: [
      index('letters_state_next_try_at', 'state', 'next_try_at'),
      index('letters_recipient', 'recipient'),
      index('letters_tried_at', 'tried_at'),
    ],
  };
}
