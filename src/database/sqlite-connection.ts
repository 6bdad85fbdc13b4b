import { DatabaseSync, type DatabaseSyncInstance, type StatementSyncInstance } from '@photostructure/sqlite';
import { withResultCode } from './sqlite-errors.js';

type Row = Record<string, unknown>;

/** A column of an answer. */
interface Column {
  name: string;
  /** Declared to hold text, numbers or moments: bytes in it are a text (see `bindable`). */
  hasNoBytes: boolean;
}

/** Runs `work`; what it throws says by its code what failed. */
function named<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw withResultCode(error);
  }
}

/**
 * What SQLite can store, and nothing else: the driver would take an object for named parameters and leave what it does not name null.
 * The driver cuts texts at a NUL, so that one which has any goes as bytes: SQLite keeps them as they are in a column of any type, and
 * finds them by the same bytes, never by what comes before the NUL.
 */
function bindable(value: unknown): unknown {
  if (typeof value === 'string') return value.includes('\0') ? Buffer.from(value) : value;
  if (typeof value === 'boolean') return Number(value);
  if (value === null || value === undefined) return null;
  if (typeof value === 'bigint' || value instanceof Uint8Array) return value;
  if (typeof value === 'number' && !Number.isNaN(value)) return value;
  throw new TypeError(`SQLite stores no ${value instanceof Date ? 'Date' : typeof value}.`);
}

/** A statement that SQLite has read, as better-sqlite3 has it. */
export class SqliteStatement {
  /** True when the statement returns rows. */
  readonly reader: boolean;
  private columns: Column[];

  /** Refers to its connection, which is closed once it is collected. */
  constructor(
    private readonly native: StatementSyncInstance,
    readonly database: SqliteConnection,
  ) {
    this.columns = this.readColumns();
    this.reader = this.columns.length > 0;
    native.setReturnArrays(true);
  }

  /** Runs a statement that returns no rows. */
  run(...values: unknown[]): { changes: number; lastInsertRowid: number | bigint } {
    return named(() => this.native.run(...values.map(bindable)));
  }

  /** The first row, if there is one. */
  get(...values: unknown[]): Row | undefined {
    const row = named(() => this.native.get(...values.map(bindable)) as unknown[] | undefined);
    return row && this.toRow(row);
  }

  /** All rows. Throws where an integer is beyond 2^53, which a number cannot hold. */
  all(...values: unknown[]): Row[] {
    const rows = named(() => this.native.all(...values.map(bindable)) as unknown[][]);
    return rows.map((row) => this.toRow(row));
  }

  private readColumns(): Column[] {
    return this.native.columns().map(({ name, type }) => ({ name, hasNoBytes: type !== null && !/blob/i.test(type) }));
  }

  /** A plain object: the driver's own have no prototype, which TypeORM does not expect, and take longer. */
  private toRow(values: unknown[]): Row {
    // The tables have changed since.
    if (values.length !== this.columns.length) this.columns = this.readColumns();
    const row: Row = {};
    for (let i = 0; i < values.length; i += 1) {
      const value = values[i];
      const column = this.columns[i];
      row[column.name] = value instanceof Uint8Array ? fromBytes(value, column.hasNoBytes) : value;
    }
    return row;
  }
}

function fromBytes({ buffer, byteOffset, byteLength }: Uint8Array, isText: boolean): Buffer | string {
  const bytes = Buffer.from(buffer, byteOffset, byteLength);
  return isText ? bytes.toString() : bytes;
}

/** How a SQLite file is opened. */
interface SqliteOptions {
  /** The file must be there, and nothing is written. */
  readonly?: boolean;
  /** How long a statement waits for another process's lock, milliseconds; the whole event loop waits with it. */
  timeout?: number;
}

/**
 * A connection to a SQLite file: the part of better-sqlite3's interface that TypeORM and the service use, on a driver that brings its
 * binaries along and runs on every version of Node that the service runs on.
 */
export class SqliteConnection {
  private readonly native: DatabaseSyncInstance;
  private readonly isReadonly: boolean;

  constructor(file: string, { readonly = false, timeout = 5000 }: SqliteOptions = {}) {
    this.isReadonly = readonly;
    this.native = named(() => new DatabaseSync(file, { readOnly: readonly, timeout }));
  }

  /** False once it is closed. */
  get open(): boolean {
    return this.native.isOpen;
  }

  get inTransaction(): boolean {
    return this.native.isOpen && this.native.isTransaction;
  }

  prepare(text: string): SqliteStatement {
    return named(() => new SqliteStatement(this.native.prepare(text), this));
  }

  /** Runs statements whose answers nobody needs. */
  exec(text: string): void {
    named(() => this.native.exec(text));
  }

  /** Sets or reads a setting; with `simple`, returns the first value of the answer alone. */
  pragma(text: string, { simple = false } = {}): unknown {
    const rows = this.prepare(`PRAGMA ${text}`).all();
    return simple ? Object.values(rows[0] ?? {})[0] : rows;
  }

  /**
   * The driver lets go of the file only when all statements are collected: an open transaction would keep its lock until then, and
   * what is in the log would stay there alone where the process ends before.
   */
  close(): void {
    if (!this.open) return;
    try {
      if (this.inTransaction) this.exec('ROLLBACK');
      if (!this.isReadonly) this.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    } catch {
      // Another process has the file, or the disk is broken: the log is read at the next opening.
    } finally {
      this.native.close();
    }
  }
}
