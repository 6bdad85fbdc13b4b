import { id, index, longText, moment, nullable, text, uniqueIndex } from './columns.js';
import { CreateTable } from './create-table.js';

export class CreateAgents extends CreateTable {
  readonly name = 'CreateAgents1780000000012';
  protected readonly table = {
    name: 'agents',
    columns: [
      id(),
      text('user_id', 36),
      text('project_id', 36),
      text('name', 100),
      longText('system_instruction'),
      text('voice_id', 64, nullable),
      moment('created_at'),
      moment('updated_at'),
    ],
    indices: [uniqueIndex('agents_of_project', 'project_id', 'id'), index('agents_of_user', 'user_id')],
    foreignKeys: [
      {
        name: 'agents_project',
        columnNames: ['project_id'],
        referencedTableName: 'projects',
        referencedColumnNames: ['id'],
        onDelete: 'CASCADE',
        onUpdate: 'NO ACTION',
      },
    ],
  };
}
