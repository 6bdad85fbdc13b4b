import { MigrationInterface, QueryRunner, Table, TableOptions } from 'typeorm';
import { index, integer, moment, text } from './columns.js';

const TABLE = 'address_limits';
const BEFORE = ['failed_codes', 'code_letters', 'reset_letters'];
const ADDED = ['letters', 'newcomer_letters'];

function table(tallies: string[]): TableOptions {
  return {
    name: TABLE,
    columns: [
      text('id', 64, { isPrimary: true }),
      ...tallies.flatMap((tally) => [integer(tally + '_count'), moment(tally + '_since'), moment(tally + '_last_at')]),
      moment('touched_at'),
    ],
    indices: [index('address_limits_touched_at', 'touched_at')],
  };
}

/** Adds tallies by making the table anew: no row of it counts longer than a day, so no row is carried over. */
export class CreateAddressLimitsAnew implements MigrationInterface {
  readonly name = 'CreateAddressLimitsAnew1780000000141';

  async up(queryRunner: QueryRunner): Promise<void> {
    if (await queryRunner.hasColumn(TABLE, 'letters_count')) return;
    await queryRunner.dropTable(TABLE, true);
    await queryRunner.createTable(new Table(table([...BEFORE, ...ADDED])));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable(TABLE, true);
    await queryRunner.createTable(new Table(table(BEFORE)));
  }
}
