import { MigrationInterface, QueryRunner, TableColumn } from 'typeorm';
import { moment, nullable } from './columns.js';

/** Users whom an administrator locked out. Made only if it is not there yet, for a migration that was cut off is run again. */
export class AddLockedUsers implements MigrationInterface {
  readonly name = 'AddLockedUsers1780000000160';

  async up(queryRunner: QueryRunner): Promise<void> {
    if (await queryRunner.hasColumn('users', 'locked_at')) return;
    await queryRunner.addColumn('users', new TableColumn(moment('locked_at', nullable)));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    if (await queryRunner.hasColumn('users', 'locked_at')) await queryRunner.dropColumn('users', 'locked_at');
  }
}
