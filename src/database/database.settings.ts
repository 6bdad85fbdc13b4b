import { isAbsolute, resolve } from 'node:path';
import { IsIn } from 'class-validator';
import { Whole, Without } from '../config/rules.js';
import { ModuleSettings } from '../config/settings.js';
import { faultOfDatabaseUrl } from './database-url.js';

/** Database. On MariaDB and MySQL the connection is encrypted where DATABASE_URL asks for it. */
export class DatabaseSettings extends ModuleSettings {
  /** `sqlite:` and a path, or `mysql://` / `mariadb://user:password@host:port/database`; TLS by parameters, see below. */
  @Without(faultOfDatabaseUrl)
  DATABASE_URL: string = 'sqlite:data/talkstack.db';

  /** `on` lets several processes use one SQLite file, each with its own counters of tries. Otherwise the second one refuses to start. */
  @IsIn(['on', 'off'])
  SQLITE_SHARED: 'on' | 'off' = 'off';

  /** Connections that one instance keeps to MariaDB/MySQL. */
  @Whole(2, 500)
  DATABASE_POOL_SIZE: number = 10;

  /** How long a statement, or the wait for a free connection, may take on MariaDB/MySQL; then the answer is 503. Milliseconds. */
  @Whole(100, 600_000)
  DATABASE_TIMEOUT_MS: number = 10_000;

  /** Absolute path of the SQLite file; undefined on MariaDB/MySQL. */
  get sqliteFile(): string | undefined {
    if (!this.DATABASE_URL.startsWith('sqlite:')) return undefined;
    const path = this.DATABASE_URL.slice('sqlite:'.length).replace(/^\/\/(?=\/)/, '');
    return isAbsolute(path) ? path : resolve(path);
  }
}
