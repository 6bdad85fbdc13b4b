import { id, index, integer, moment, nullable, text } from './columns.js';
import { CreateTable } from './create-table.js';

export class CreateSignupAttempts extends CreateTable {
  readonly name = 'CreateSignupAttempts1780000000002';
  protected readonly table = {
    name: 'signup_attempts',
    columns: [
      id(),
      text('email', 254),
      text('user_id', 36),
      text('name', 100),
      text('password_hash', 255),
      text('code_hash', 64, nullable),
      moment('code_expires_at'),
      integer('code_tries'),
      moment('created_at'),
    ],
    indices: [index('signup_attempts_email', 'email'), index('signup_attempts_created_at', 'created_at')],
  };
}
