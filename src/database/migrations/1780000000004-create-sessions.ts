import { id, index, integer, moment, nullable, text } from './columns.js';
import { CreateTable } from './create-table.js';

export class CreateSessions extends CreateTable {
  readonly name = 'CreateSessions1780000000004';
  protected readonly table = {
    name: 'sessions',
    columns: [
      id(),
      text('user_id', 36),
      text('attempt_id', 36, nullable),
      integer('generation'),
      text('refresh_hash', 64),
      text('previous_refresh_hash', 64, nullable),
      text('rotation_nonce', 64),
      text('user_agent', 255),
      text('network', 64),
      moment('created_at'),
      moment('rotated_at'),
      moment('expires_at'),
    ],
    indices: [
      index('sessions_user_id', 'user_id'),
      index('sessions_attempt_id', 'attempt_id'),
      index('sessions_expires_at', 'expires_at'),
    ],
  };
}
