import { MigrationInterface, QueryRunner, TableColumn } from 'typeorm';
import { nullable, text } from './columns.js';

const TABLE = 'signup_attempts';
const COLUMNS = [
  text('network', 64, nullable),
  text('user_agent', 255, nullable),
  { name: 'own_code_tries', type: 'integer', default: '0' },
  { name: 'is_contested', type: 'boolean', default: '0' },
];

/** Adds only what is not there: MariaDB commits each statement on its own, so a migration that was cut off is run again. */
export class AddSignupOrigins implements MigrationInterface {
  readonly name = 'AddSignupOrigins1780000000140';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const column of COLUMNS) {
      if (!(await queryRunner.hasColumn(TABLE, column.name))) {
        await queryRunner.addColumn(TABLE, new TableColumn(column));
      }
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const { name } of COLUMNS) {
      if (await queryRunner.hasColumn(TABLE, name)) await queryRunner.dropColumn(TABLE, name);
    }
  }
}
