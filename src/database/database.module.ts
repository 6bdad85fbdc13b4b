import { DynamicModule, Global, Module } from '@nestjs/common';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { DatabaseSettings } from './database.settings.js';
import { databaseOptions, DatabaseOptions, Schema } from './database-options.js';
import { Database } from './database.js';
import { migrate } from './migrate.js';
import { refuseOtherSchema } from './schema-version.js';

/** The writer hardly waits inside the driver; it retries instead (Database.begin). */
const WRITER_BUSY_MS = 1;

/** Opens the data source that repositories read through. */
function openReader(options: DatabaseOptions): Promise<DataSource> {
  if (options.type === 'better-sqlite3') return new DataSource({ ...options, readonly: true }).initialize();
  return new DataSource(options).initialize();
}

async function openMigrated(options: DatabaseOptions): Promise<DataSource> {
  await migrate(options);
  return openReader(options);
}

/** For commands that run beside the service: they change no tables. */
async function openAsItIs(options: DatabaseOptions): Promise<DataSource> {
  const reader = await openReader(options);
  try {
    await refuseOtherSchema(reader);
    return reader;
  } catch (error) {
    await reader.destroy();
    throw error;
  }
}

/** Opens the database of DATABASE_URL, with or without migrating it; provides `Database` and TypeORM's repositories. */
@Global()
@Module({})
export class DatabaseModule {
  static forRoot(schema: Schema, { migrates }: { migrates: boolean } = { migrates: true }): DynamicModule {
    const open = migrates ? openMigrated : openAsItIs;
    return {
      module: DatabaseModule,
      imports: [
        TypeOrmModule.forRootAsync({
          inject: [DatabaseSettings],
          // A retry would not help a failed migration, and databaseOptions() has already waited for the server.
          useFactory: async (settings: DatabaseSettings) => ({
            ...(await databaseOptions(settings, schema)),
            retryAttempts: 0,
          }),
          dataSourceFactory: (options) => open(options as DatabaseOptions),
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
    };
  }
}
