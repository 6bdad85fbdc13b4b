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

/** Migrates, then opens the data source that repositories read through. */
async function openReader(options: DatabaseOptions): Promise<DataSource> {
  await migrate(options);
  if (options.type === 'better-sqlite3') return new DataSource({ ...options, readonly: true }).initialize();
  const dataSource = await new DataSource(options).initialize();
  const { pool } = dataSource.driver as unknown as { pool: Pool };
  pool.on('connection', (connection) => CONNECTION_SETTINGS.forEach((statement) => connection.query(statement)));
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
      useFactory: (env: Env) => databaseOptions(env),
      dataSourceFactory: (options) => openReader(options as DatabaseOptions),
    }),
  ],
  providers: [
    {
      provide: Database,
      inject: [getDataSourceToken()],
      useFactory: async (reader: DataSource) => {
        if (reader.options.type !== 'better-sqlite3') return new Database(reader, reader);
        return new Database(reader, await new DataSource({ ...reader.options, readonly: false }).initialize());
      },
    },
  ],
  exports: [Database],
})
export class DatabaseModule {}
