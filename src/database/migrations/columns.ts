import { TableColumnOptions, TableForeignKeyOptions, TableIndexOptions } from 'typeorm';
import { ID_LENGTH } from '../columns.js';

/** Column options shared by all migrations; they mirror the decorators of database/columns.ts. */
type Extra = Partial<TableColumnOptions>;

export const id = (name = 'id'): TableColumnOptions => ({
  name,
  type: 'varchar',
  length: String(ID_LENGTH),
  isPrimary: true,
});
export const text = (name: string, length: number, extra: Extra = {}): TableColumnOptions => ({
  name,
  type: 'varchar',
  length: String(length),
  ...extra,
});
export const longText = (name: string, extra: Extra = {}): TableColumnOptions => ({ name, type: 'text', ...extra });
export const integer = (name: string): TableColumnOptions => ({ name, type: 'integer' });
export const moment = (name: string, extra: Extra = {}): TableColumnOptions => ({
  name,
  type: 'datetime',
  precision: 3,
  ...extra,
});
export const nullable: Extra = { isNullable: true };

/** Columns of a table whose entity extends LeasedRow, beside its id. */
export const leaseColumns = (): TableColumnOptions[] => [
  integer('tries'),
  moment('next_try_at'),
  text('lease_owner', ID_LENGTH, nullable),
  moment('leased_until', nullable),
];

export const index = (name: string, ...columnNames: string[]): TableIndexOptions => ({ name, columnNames });
export const uniqueIndex = (name: string, ...columnNames: string[]): TableIndexOptions => ({
  name,
  columnNames,
  isUnique: true,
});

/** A foreign key whose rows are deleted with the row that they refer to. */
export const cascade = (name: string, column: string, table: string): TableForeignKeyOptions => ({
  name,
  columnNames: [column],
  referencedTableName: table,
  referencedColumnNames: ['id'],
  onDelete: 'CASCADE',
  onUpdate: 'NO ACTION',
});
/** A foreign key that is set to null when that row is deleted. */
export const setNull = (name: string, column: string, table: string): TableForeignKeyOptions => ({
  ...cascade(name, column, table),
  onDelete: 'SET NULL',
});
