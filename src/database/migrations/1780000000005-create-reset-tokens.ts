import { index, moment, text, uniqueIndex } from './columns.js';
import { CreateTable } from './create-table.js';

export class CreateResetTokens extends CreateTable {
  readonly name = 'CreateResetTokens1780000000005';
  protected readonly table = {
    name: 'reset_tokens',
    columns: [
      text('email', 254, { isPrimary: true }),
      text('token_hash', 64),
      moment('expires_at'),
      moment('created_at'),
    ],
    indices: [
      uniqueIndex('reset_tokens_token_hash_unique', 'token_hash'),
      index('reset_tokens_expires_at', 'expires_at'),
    ],
  };
}
