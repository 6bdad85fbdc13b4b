import { DatabaseSync, type DatabaseSyncInstance, type StatementSyncInstance } from '@photostructure/sqlite';
import { withResultCode } from './sqlite-errors.js';

type Row = Record<string, unknown>;

/** A column of a result. */
interface Column {
  name: string;
  /** Declared for text, numbers or times: bytes in it are text (see `bindable`). */
  hasNoBytes: boolean;
}

/** Runs `work`; gives its errors the code of what failed. */
function named<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw withResultCode(error);
  }
}

/**
 * Refuses values that SQLite cannot store: the driver would treat an object as named parameters and bind null for the rest. The driver also
 * cuts text at a NUL, so such text is bound as bytes, which SQLite stores unchanged in a column of any type and finds by all of them.
 */
function bindable(value: unknown): unknown {
  if (typeof value === 'string') return value.includes('\0') ? Buffer.from(value) : value;
  if (typeof value === 'boolean') return Number(value);
  if (value === null || value === undefined) return null;
  if (typeof value === 'bigint' || value instanceof Uint8Array) return value;
  if (typeof value === 'number' && !Number.isNaN(value)) return value;
  throw new TypeError(`SQLite stores no ${value instanceof Date ? 'Date' : typeof value}.`);
}

/** A prepared statement with the interface of better-sqlite3. */
export class SqliteStatement {
  /** Whether the statement returns rows. */
  readonly reader: boolean;
  private columns: Column[];

  /** Keeps the connection referenced: it is closed when it is garbage-collected. */
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

  /** Returns the first row, if any. */
  get(...values: unknown[]): Row | undefined {
    const row = named(() => this.native.get(...values.map(bindable)) as unknown[] | undefined);
    return row && this.toRow(row);
  }

  /** Returns all rows. Throws for an integer beyond 2^53, which a number cannot represent. */
  all(...values: unknown[]): Row[] {
    const rows = named(() => this.native.all(...values.map(bindable)) as unknown[][]);
    return rows.map((row) => this.toRow(row));
  }

  private readColumns(): Column[] {
    return this.native.columns().map(({ name, type }) => ({ name, hasNoBytes: type !== null && !/blob/i.test(type) }));
  }

  /** A plain object: the driver's rows have no prototype, which TypeORM does not expect, and are slower. */
  private toRow(values: unknown[]): Row {
    // The schema has changed since.
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
  /** The file must exist, and nothing is written. */
  readonly?: boolean;
  /** How long a statement waits for another process's lock, milliseconds; the whole event loop waits with it. */
  timeout?: number;
}

/**
 * A connection to a SQLite file: the part of better-sqlite3's interface that TypeORM and the service use, on a driver with prebuilt binaries
 * for every supported version of Node.
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

  /** Runs statements without results. */
  exec(text: string): void {
    named(() => this.native.exec(text));
  }

  /** Sets or reads a pragma; with `simple`, returns only the first value. */
  pragma(text: string, { simple = false } = {}): unknown {
    const rows = this.prepare(`PRAGMA ${text}`).all();
    return simple ? Object.values(rows[0] ?? {})[0] : rows;
  }

  /**
   * Rolls back and checkpoints first, because the driver releases the file only when all statements are garbage-collected: an open transaction
   * would keep its lock until then, and data might remain only in the write-ahead log.
   */
  close(): void {
    if (!this.open) return;
    try {
      if (this.inTransaction) this.exec('ROLLBACK');
      if (!this.isReadonly) this.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    } catch {
      // Another process has the file, or the disk is broken: the next opening reads the log.
    } finally {
      this.native.close();
    }
  }
}
