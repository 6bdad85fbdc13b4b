import { Global, Module } from '@nestjs/common';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import type { Pool } from 'mysql2';
import { DataSource } from 'typeorm';
import { Env } from '../config/env.js';
import { databaseOptions, DatabaseOptions } from './database-options.js';
import { Database } from './database.js';
import { migrate } from './migrate.js';

/** READ COMMITTED keeps conditional updates from locking gaps; strict mode refuses what it would have to cut. */
const CONNECTION_SETTINGS = [
  'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
  "SET SESSION innodb_lock_wait_timeout = 5, SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'",
];

/** The writer hardly waits inside the driver; it asks again instead (Database.begin). */
const WRITER_BUSY_MS = 1;

/** Migrates, then opens the data source that repositories read through. */
async function openReader(options: DatabaseOptions): Promise<DataSource> {
  await migrate(options);
  if (options.type === 'better-sqlite3') return new DataSource({ ...options, readonly: true }).initialize();
  const dataSource = await new DataSource(options).initialize();
  const { pool } = dataSource.driver as unknown as { pool: Pool };
  pool.on('connection', (connection) => {
    // Without a callback, a connection lost right here would end the process; whoever uses it next is told anyway.
    for (const statement of CONNECTION_SETTINGS) connection.query(statement, () => undefined);
  });
  // The pool's first connection was made before anybody could listen.
  for (const statement of CONNECTION_SETTINGS) await dataSource.query(statement);
  return dataSource;
}

/** Opens the database that DATABASE_URL names, migrated; provides `Database` and TypeORM's repositories. */
@Global()
@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      inject: [Env],
      // A migration that fails does so again; for a server that is not up yet, databaseOptions() has waited.
      useFactory: async (env: Env) => ({ ...(await databaseOptions(env)), retryAttempts: 0 }),
      dataSourceFactory: (options) => openReader(options as DatabaseOptions),
    }),
  ],
  providers: [
    {
      provide: Database,
      inject: [getDataSourceToken()],
      useFactory: async (reader: DataSource) => {
        if (reader.options.type !== 'better-sqlite3') return new Database(reader, reader);
        const writer = new DataSource({ ...reader.options, readonly: false, timeout: WRITER_BUSY_MS });
        return new Database(reader, await writer.initialize());
      },
    },
  ],
  exports: [Database],
})
export class DatabaseModule {}
