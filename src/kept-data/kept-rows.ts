import { Type } from '@nestjs/common';
import { EntityManager, FindOptionsWhere, ObjectLiteral } from 'typeorm';
import { Transaction } from '../database/transaction.js';

/** Whom rows are about. */
export interface Person {
  id: string;
  email: string;
}

export type Conditions<Row> = FindOptionsWhere<Row> | FindOptionsWhere<Row>[];

/** A class of what the export shows of one row: no secret, and no hash of a secret. */
export interface Shown<Row> extends Type<object> {
  /** With the manager it can read what belongs to the row. */
  of(row: Row, manager: EntityManager): object | Promise<object>;
}

/**
 * What becomes of rows when their account or project is deleted: the database deletes them with the row that they refer to (`cascade`), they
 * stay, or this deletes them in the same unit of work.
 */
export type Removal<Owner> = 'cascade' | 'stays' | ((transaction: Transaction, owner: Owner) => Promise<unknown>);

/** All about one kind of row: whose it is, how it is exported, how long it is kept, how it goes. Declared beside its entity, with `keeps`. */
export interface KeptRows<Row extends ObjectLiteral> {
  entity: Type<Row>;
  /** Which rows are about a user; left out where none are. */
  ofUser?: (person: Person) => Conditions<Row>;
  /** How the export shows a user's rows: a class that is `ExportedAs` something. A text says why it shows none. */
  exported: { as: Shown<Row>; newestBy: (keyof Row & string)[] } | string;
  /** Rows that housekeeping deletes. A text says why there are none. */
  outdated: ((now: Date) => Conditions<Row>) | string;
  /** Deletes outdated rows in units of work of its own, in place of one plain statement; returns how many were still there. */
  deleteOutdated?: (rows: Row[]) => Promise<number>;
  /**
   * Deletes what a row stands for outside the database, a file say, before housekeeping deletes the row. When it returns false or throws, the
   * row stays and is tried again later. So the row must outlive its account, project or parent (a foreign key that is set to null), and be
   * outdated from then on. Housekeeping runs as soon as an account or a project is deleted, and every hour.
   */
  removeFile?: (row: Row) => Promise<boolean>;
  withAccount: Removal<Person>;
  /** By the project's id; left out where rows belong to no project. */
  withProject?: Removal<string>;
  /** A project that has such rows is deleted only with `cascade`. */
  fillsProject?: boolean;
}
