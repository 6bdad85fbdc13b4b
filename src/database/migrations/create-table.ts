import { MigrationInterface, QueryRunner, Table, TableOptions } from 'typeorm';
import { useBinaryCollation } from '../collation.js';

/**
 * A migration that makes one table with its indices. MariaDB and MySQL commit each statement on its own, so a migration that was
 * cut off is run again: one table a migration, made only if it is not there yet, makes that safe.
 */
export abstract class CreateTable implements MigrationInterface {
  abstract readonly name: string;
  protected abstract readonly table: TableOptions;

  async up(queryRunner: QueryRunner): Promise<void> {
    await useBinaryCollation(queryRunner);
    await queryRunner.createTable(new Table(this.table), true);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable(this.table.name, true);
  }
}
