import { Column, ColumnOptions, PrimaryColumn } from 'typeorm';

/** Length of a UUID in characters. */
export const ID_LENGTH = 36;

/** Primary key: a UUID v7 made by the service. */
export function IdColumn(): PropertyDecorator {
  return PrimaryColumn({ type: 'varchar', length: ID_LENGTH });
}

/** A time in UTC with milliseconds, always set from the Clock. */
export function MomentColumn(options: ColumnOptions = {}): PropertyDecorator {
  return Column({ ...options, type: 'datetime', precision: 3 });
}
