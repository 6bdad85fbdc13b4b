import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { Logger, type Type } from '@nestjs/common';
import type { Connection } from 'mysql2/promise';
import type { MigrationInterface } from 'typeorm';
import type { BetterSqlite3DataSourceOptions } from 'typeorm/driver/better-sqlite3/BetterSqlite3DataSourceOptions.js';
import type { MysqlDataSourceOptions } from 'typeorm/driver/mysql/MysqlDataSourceOptions.js';
import { OperatorError } from '../common/operator-error.js';
import { DatabaseTls, readDatabaseServer } from './database-url.js';
import { DatabaseSettings } from './database.settings.js';
import { isDatabaseUnavailable, isFaultOfSettings } from './database-errors.js';
import { DatabaseLogger } from './database-logger.js';
import { SnakeCaseNames } from './snake-case-names.js';

/** Supported databases. */
export type DatabaseOptions = BetterSqlite3DataSourceOptions | MysqlDataSourceOptions;

/** Entities and migrations, passed in because this folder imports no feature. */
export interface Schema {
  entities: Type<object>[];
  migrations: Type<MigrationInterface>[];
}

/** How long another process may hold the SQLite file before a write gives up, milliseconds. */
const SQLITE_BUSY_MS = 5000;
/** Slower statements are logged. */
const SLOW_STATEMENT_MS = 3000;
const CONNECT_TIMEOUT_MS = 5000;
/** The database server may start later than the service. */
const FIRST_CONNECTION_TRIES = 30;
const FIRST_CONNECTION_PAUSE_MS = 1000;

async function sqliteOptions(file: string, schema: Schema): Promise<BetterSqlite3DataSourceOptions> {
  const { SqliteConnection } = await import('./sqlite-connection.js');
  return {
    type: 'better-sqlite3',
    driver: SqliteConnection,
    database: file,
    timeout: SQLITE_BUSY_MS,
    logger: new DatabaseLogger(),
    namingStrategy: new SnakeCaseNames(),
    ...schema,
    enableWAL: true,
    // Acknowledged writes survive a power failure (the default of WAL would sync only at checkpoints).
    prepareDatabase: (database: { pragma(text: string): unknown }) => {
      database.pragma('synchronous = FULL');
    },
  };
}

async function firstConnection(url: URL): Promise<Connection> {
  const { createConnection } = await import('mysql2/promise');
  for (let tries = 1; ; tries += 1) {
    try {
      return await createConnection({ ...connectionOptions(url), connectTimeout: CONNECT_TIMEOUT_MS });
    } catch (error) {
      if (isFaultOfSettings(error)) {
        throw new OperatorError(`The database refuses DATABASE_URL: ${(error as Error).message}`);
      }
      if (!isDatabaseUnavailable(error) || tries === FIRST_CONNECTION_TRIES) throw error;
      new Logger('Database').warn(`The database does not answer yet: ${(error as Error).message}`);
      await delay(FIRST_CONNECTION_PAUSE_MS);
    }
  }
}

/** Asks the server whether it is MariaDB or MySQL: many use mysql:// for MariaDB, and TypeORM treats them differently. */
async function serverType(url: URL): Promise<'mariadb' | 'mysql'> {
  const connection = await firstConnection(url);
  try {
    const [rows] = await connection.query('SELECT VERSION() AS version');
    return (rows as { version: string }[])[0].version.includes('MariaDB') ? 'mariadb' : 'mysql';
  } finally {
    await connection.end();
  }
}

/** mysql2's TLS options. Throws OperatorError when the file of authorities cannot be read. */
function tlsOptions({ checks, caFile }: DatabaseTls) {
  const verified = { rejectUnauthorized: checks !== 'nothing', verifyIdentity: checks === 'identity' };
  if (caFile === undefined) return verified;
  try {
    return { ...verified, ca: readFileSync(caFile, 'utf8') };
  } catch (error) {
    throw new OperatorError(`The file of ssl-ca in DATABASE_URL cannot be read: ${(error as Error).message}`);
  }
}

function connectionOptions(url: URL) {
  const { tls, ...server } = readDatabaseServer(url);
  return { ...server, ...(tls && { ssl: tlsOptions(tls) }) };
}

/** TypeORM's options for DATABASE_URL. */
export async function databaseOptions(settings: DatabaseSettings, schema: Schema): Promise<DatabaseOptions> {
  if (settings.sqliteFile !== undefined) return sqliteOptions(settings.sqliteFile, schema);
  const url = new URL(settings.DATABASE_URL);
  const { user, ...connection } = connectionOptions(url);
  // Imports mysql2, which a start on SQLite does not need.
  const { limitedDriver } = await import('./connection-pool.js');
  const options: MysqlDataSourceOptions = {
    type: await serverType(url),
    ...connection,
    username: user,
    charset: 'utf8mb4',
    timezone: 'Z',
    connectTimeout: CONNECT_TIMEOUT_MS,
    driver: limitedDriver(settings.DATABASE_TIMEOUT_MS),
    maxQueryExecutionTime: SLOW_STATEMENT_MS,
    poolSize: settings.DATABASE_POOL_SIZE,
    logger: new DatabaseLogger(),
    namingStrategy: new SnakeCaseNames(),
    ...schema,
  };
  return options;
}
