import { EntityManager, EntityMetadata, EntityTarget, FindOptionsWhere, ObjectLiteral } from 'typeorm';
import type { BetterSqlite3Driver } from 'typeorm/driver/better-sqlite3/BetterSqlite3Driver.js';
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';
import type { SqliteConnection, SqliteStatement } from './sqlite-connection.js';

interface Outcome {
  rows: ObjectLiteral[];
  affected: number;
}

const texts = new WeakMap<EntityMetadata, Map<string, string>>();
const prepared = new WeakMap<SqliteConnection, Map<string, SqliteStatement>>();

/** Whether the conditions only compare columns with values: no operators, alternatives or relations. */
export function isPlain(where: object): boolean {
  return Object.values(where).every((value) => value === null || typeof value !== 'object' || value instanceof Date);
}

/**
 * Simple statements for hot paths (login, refresh), built once and cached. TypeORM's query builders build them each time, which costs several
 * times the statement itself. Tables, columns and types still come from TypeORM.
 */
export class Rows {
  readonly isSqlite: boolean;

  constructor(private readonly manager: EntityManager) {
    this.isSqlite = manager.dataSource.options.type === 'better-sqlite3';
  }

  find<Row extends ObjectLiteral>(entity: EntityTarget<Row>, where: FindOptionsWhere<Row>): Promise<Row | null> {
    return this.first(entity, where, '');
  }

  /** The same with a lock. On SQLite units of work run one at a time, so the row is locked already. */
  lock<Row extends ObjectLiteral>(entity: EntityTarget<Row>, where: FindOptionsWhere<Row>): Promise<Row | null> {
    return this.first(entity, where, this.isSqlite ? '' : ' FOR UPDATE');
  }

  /** With `changes`, an existing row with this key gets the new values of these columns. */
  async insert<Row extends ObjectLiteral>(
    entity: EntityTarget<Row>,
    row: Row,
    changes?: { key: string; columns: (keyof Row & string)[] },
  ): Promise<void> {
    const metadata = this.manager.dataSource.getMetadata(entity);
    const text = textOf(metadata, `insert ${Object.keys(row).join()}${changes?.columns.join() ?? ''}`, () => {
      const names = this.namesOf(metadata, row);
      const places = names.map(() => '?').join();
      const insert = `INSERT INTO ${this.escape(metadata.tableName)} (${names.join()}) VALUES (${places})`;
      return changes ? `${insert} ${this.orElse(metadata, changes)}` : insert;
    });
    await this.run(text, this.valuesOf(metadata, row));
  }

  /** Returns the number of changed rows. */
  async update<Row extends ObjectLiteral>(
    entity: EntityTarget<Row>,
    where: FindOptionsWhere<Row>,
    changes: Partial<Row>,
  ): Promise<number> {
    const metadata = this.manager.dataSource.getMetadata(entity);
    const text = textOf(metadata, `update ${Object.keys(changes).join()} ${keyOf(where)}`, () => {
      const sets = this.namesOf(metadata, changes).map((name) => `${name} = ?`);
      return `UPDATE ${this.escape(metadata.tableName)} SET ${sets.join()} WHERE ${this.condition(metadata, where)}`;
    });
    const values = [...this.valuesOf(metadata, changes), ...this.valuesOf(metadata, where).filter(isGiven)];
    return (await this.run(text, values)).affected;
  }

  /** Runs a hand-written statement. */
  async query<Row extends ObjectLiteral>(text: string, values: unknown[]): Promise<Row[]> {
    return (await this.run(text, values)).rows as Row[];
  }

  private async first<Row extends ObjectLiteral>(
    entity: EntityTarget<Row>,
    where: FindOptionsWhere<Row>,
    suffix: string,
  ): Promise<Row | null> {
    const metadata = this.manager.dataSource.getMetadata(entity);
    const text = textOf(metadata, `find ${keyOf(where)}${suffix}`, () => {
      const names = metadata.columns.map(({ databaseName }) => this.escape(databaseName));
      const from = `SELECT ${names.join()} FROM ${this.escape(metadata.tableName)}`;
      return `${from} WHERE ${this.condition(metadata, where)} LIMIT 1${suffix}`;
    });
    const [found] = (await this.run(text, this.valuesOf(metadata, where).filter(isGiven))).rows;
    if (!found) return null;
    const row = metadata.create() as ObjectLiteral;
    for (const column of metadata.columns) {
      row[column.propertyName] = this.driver.prepareHydratedValue(found[column.databaseName], column) as unknown;
    }
    return row as Row;
  }

  private get driver() {
    return this.manager.dataSource.driver;
  }

  private orElse(metadata: EntityMetadata, { key, columns }: { key: string; columns: string[] }): string {
    const names = columns.map((name) => this.escape(columnOf(metadata, name).databaseName));
    if (!this.isSqlite) return `ON DUPLICATE KEY UPDATE ${names.map((name) => `${name} = VALUES(${name})`).join()}`;
    const sets = names.map((name) => `${name} = excluded.${name}`).join();
    return `ON CONFLICT (${this.escape(columnOf(metadata, key).databaseName)}) DO UPDATE SET ${sets}`;
  }

  private condition(metadata: EntityMetadata, where: object): string {
    return Object.entries(where)
      .map(([name, value]) => {
        const column = this.escape(columnOf(metadata, name).databaseName);
        return value === null ? `${column} IS NULL` : `${column} = ?`;
      })
      .join(' AND ');
  }

  private namesOf(metadata: EntityMetadata, values: object): string[] {
    return Object.keys(values).map((name) => this.escape(columnOf(metadata, name).databaseName));
  }

  private valuesOf(metadata: EntityMetadata, values: object): unknown[] {
    return Object.entries(values).map(
      ([name, value]) => this.driver.preparePersistentValue(value, columnOf(metadata, name)) as unknown,
    );
  }

  private escape(name: string): string {
    return this.driver.escape(name);
  }

  private async run(text: string, values: unknown[]): Promise<Outcome> {
    if (!this.isSqlite) {
      const result = await this.manager.query<ObjectLiteral[] | { affectedRows: number }>(text, values);
      return Array.isArray(result) ? { rows: result, affected: 0 } : { rows: [], affected: result.affectedRows };
    }
    this.manager.dataSource.logger.logQuery(text, values);
    const connection = (this.driver as BetterSqlite3Driver).databaseConnection as SqliteConnection;
    const statement = prepareOnce(connection, text);
    if (statement.reader) return { rows: statement.all(...values), affected: 0 };
    return { rows: [], affected: statement.run(...values).changes };
  }
}

/** A cached prepared statement of a connection; only for a small number of different texts. */
export function prepareOnce(connection: SqliteConnection, text: string): SqliteStatement {
  const statements = prepared.get(connection) ?? new Map<string, SqliteStatement>();
  const statement = statements.get(text) ?? connection.prepare(text);
  prepared.set(connection, statements.set(text, statement));
  return statement;
}

function isGiven(value: unknown): boolean {
  return value !== null;
}

/** The columns of a condition, and which of them must be null. */
function keyOf(where: object): string {
  return Object.entries(where)
    .map(([name, value]) => (value === null ? `!${name}` : name))
    .join();
}

function columnOf(metadata: EntityMetadata, name: string): ColumnMetadata {
  const column = metadata.findColumnWithPropertyName(name);
  if (!column) throw new Error(`${metadata.name} has no column ${name}`);
  return column;
}

function textOf(metadata: EntityMetadata, shape: string, write: () => string): string {
  const known = texts.get(metadata) ?? new Map<string, string>();
  const text = known.get(shape) ?? write();
  texts.set(metadata, known.set(shape, text));
  return text;
}
