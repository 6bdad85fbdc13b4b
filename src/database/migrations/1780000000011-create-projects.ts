import { id, index, moment, nullable, text, uniqueIndex } from './columns.js';
import { CreateTable } from './create-table.js';

export class CreateProjects extends CreateTable {
  readonly name = 'CreateProjects1780000000011';
  protected readonly table = {
    name: 'projects',
    columns: [
      id(),
      text('user_id', 36),
      text('name', 100),
      text('name_key', 64, nullable),
      text('description', 1000),
      text('call_status_webhook', 2048, nullable),
      text('active_agent', 36, nullable),
      moment('created_at'),
      moment('updated_at'),
      moment('deleted_at', nullable),
    ],
    indices: [
      index('projects_newest', 'user_id', 'deleted_at', 'id'),
      uniqueIndex('projects_name_unique', 'user_id', 'name_key'),
    ],
    foreignKeys: [
      {
        name: 'projects_user',
        columnNames: ['user_id'],
        referencedTableName: 'users',
        referencedColumnNames: ['id'],
        onDelete: 'CASCADE',
        onUpdate: 'NO ACTION',
      },
    ],
  };
}
