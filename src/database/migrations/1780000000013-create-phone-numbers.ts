import { id, index, moment, nullable, text, uniqueIndex } from './columns.js';
import { CreateTable } from './create-table.js';

export class CreatePhoneNumbers extends CreateTable {
  readonly name = 'CreatePhoneNumbers1780000000013';
  protected readonly table = {
    name: 'phone_numbers',
    columns: [
      id(),
      text('user_id', 36),
      text('project_id', 36),
      text('agent_id', 36, nullable),
      text('e164', 16),
      text('country', 2, nullable),
      text('carrier_status', 16),
      moment('created_at'),
      moment('updated_at'),
    ],
    indices: [
      uniqueIndex('phone_numbers_e164_unique', 'e164'),
      uniqueIndex('phone_numbers_agent_unique', 'agent_id'),
      index('phone_numbers_of_project', 'project_id', 'agent_id'),
      index('phone_numbers_of_user', 'user_id'),
    ],
    foreignKeys: [
      {
        name: 'phone_numbers_project',
        columnNames: ['project_id'],
        referencedTableName: 'projects',
        referencedColumnNames: ['id'],
        onDelete: 'CASCADE',
        onUpdate: 'NO ACTION',
      },
      {
        name: 'phone_numbers_agent',
        columnNames: ['project_id', 'agent_id'],
        referencedTableName: 'agents',
        referencedColumnNames: ['project_id', 'id'],
        onDelete: 'CASCADE',
        onUpdate: 'NO ACTION',
      },
    ],
  };
}
