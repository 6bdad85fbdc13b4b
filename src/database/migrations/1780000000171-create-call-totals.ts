import { cascade, id, integer } from './columns.js';
import { CreateTable } from './create-table.js';

export class CreateCallTotals extends CreateTable {
  readonly name = 'CreateCallTotals1780000000171';
  protected readonly table = {
    name: 'call_totals',
    columns: [id('project_id'), integer('total')],
    foreignKeys: [cascade('call_totals_project', 'project_id', 'projects')],
  };
}
