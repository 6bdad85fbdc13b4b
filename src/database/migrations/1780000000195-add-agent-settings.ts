import { MigrationInterface, QueryRunner, TableColumn } from 'typeorm';
import { longText, nullable } from './columns.js';

const TABLE = 'agents';
const COLUMN = longText('settings', nullable);

/** Adds the column only where it is missing: MariaDB commits each statement on its own, so a migration that was cut off is run again. */
export class AddAgentSettings implements MigrationInterface {
  readonly name = 'AddAgentSettings1780000000195';

  async up(queryRunner: QueryRunner): Promise<void> {
    if (await queryRunner.hasColumn(TABLE, COLUMN.name)) return;
    await queryRunner.addColumn(TABLE, new TableColumn(COLUMN));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    if (await queryRunner.hasColumn(TABLE, COLUMN.name)) await queryRunner.dropColumn(TABLE, COLUMN.name);
  }
}
