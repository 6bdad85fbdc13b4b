import { cascade, id, index, integer, longText, moment, nullable, text } from './columns.js';
import { CreateTable } from './create-table.js';

export class CreateCalls extends CreateTable {
  readonly name = 'CreateCalls1780000000170';
  protected readonly table = {
    name: 'calls',
    columns: [
      id(),
      text('user_id', 36),
      text('project_id', 36),
      text('agent_id', 36),
      text('batch_id', 36, nullable),
      text('direction', 8),
      text('status', 16),
      text('ended_reason', 32, nullable),
      { name: 'carrier_code', type: 'integer', isNullable: true },
      text('answered_by', 8, nullable),
      text('from_number', 16),
      text('to_number', 16),
      longText('dynamic_variables'),
      moment('dial_started_at', nullable),
      moment('answered_at', nullable),
      moment('ended_at', nullable),
      moment('end_requested_at', nullable),
      text('lease_owner', 36, nullable),
      moment('leased_until', nullable),
      integer('cost_micros'),
      longText('data'),
      longText('summary', nullable),
      text('sentiment', 8, nullable),
      longText('latency', nullable),
      moment('created_at'),
    ],
    indices: [
      index('calls_of_user', 'user_id', 'id'),
      index('calls_of_project', 'project_id', 'id'),
      index('calls_by_status', 'project_id', 'status', 'id'),
      index('calls_by_recipient', 'project_id', 'to_number', 'id'),
      index('calls_by_caller', 'project_id', 'from_number', 'id'),
      index('calls_by_start', 'project_id', 'dial_started_at', 'id'),
      index('calls_by_end', 'project_id', 'ended_at', 'id'),
      index('calls_waiting', 'status', 'project_id', 'id'),
      index('calls_ended_at', 'ended_at'),
    ],
    foreignKeys: [cascade('calls_project', 'project_id', 'projects')],
  };
}
