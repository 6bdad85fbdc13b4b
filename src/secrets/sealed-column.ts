import { Column, ColumnOptions } from 'typeorm';

/** A column of text that Secrets encrypts, with the row's id as context. */
export interface SealedColumnOf {
  entity: new () => { id: string };
  property: string;
}

const sealedColumns: SealedColumnOf[] = [];

/** Marks a column that holds what Secrets encrypted in the context of the row's id, so that a change of the secret finds it. */
export function SealedColumn(options: ColumnOptions = {}): PropertyDecorator {
  return (target, property) => {
    Column({ ...options, type: 'text' })(target, property);
    sealedColumns.push({ entity: target.constructor as new () => { id: string }, property: String(property) });
  };
}

/** All encrypted columns. */
export function allSealedColumns(): readonly SealedColumnOf[] {
  return sealedColumns;
}
