import { id, index, moment, nullable, text, uniqueIndex } from './columns.js';
import { CreateTable } from './create-table.js';

export class CreateApiKeys extends CreateTable {
  readonly name = 'CreateApiKeys1780000000006';
  protected readonly table = {
    name: 'api_keys',
    columns: [
      id(),
      text('user_id', 36),
      text('key_hash', 64),
      text('prefix', 8),
      moment('created_at'),
      moment('last_used_at', nullable),
      moment('expires_at', nullable),
    ],
    indices: [
      index('api_keys_user_id', 'user_id'),
      uniqueIndex('api_keys_key_hash_unique', 'key_hash'),
      index('api_keys_expires_at', 'expires_at'),
    ],
    foreignKeys: [
      {
        name: 'api_keys_user',
        columnNames: ['user_id'],
        referencedTableName: 'users',
        referencedColumnNames: ['id'],
        onDelete: 'CASCADE',
        onUpdate: 'NO ACTION',
      },
    ],
  };
}
