import { MigrationInterface, QueryRunner, Table, TableOptions } from 'typeorm';
import { useBinaryCollation } from '../collation.js';

/**
 * A migration that creates one table with its indices, if it does not exist. MariaDB and MySQL commit each statement by itself, so an
 * interrupted migration runs again; with one table per migration that is safe.
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
