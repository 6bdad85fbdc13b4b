import { Logger } from '@nestjs/common';
import type { Logger as TypeOrmLogger } from 'typeorm';

/** Writes to the service's log. TypeORM's own loggers print parameters, which include hashes and tokens. */
export class DatabaseLogger implements TypeOrmLogger {
  private readonly logger = new Logger('Database');

  logQuery(): void {}

  /** Does nothing: the error is thrown, and the error filter logs it. */
  logQueryError(): void {}

  logQuerySlow(milliseconds: number, query: string): void {
    this.logger.warn(`A statement took ${milliseconds} ms: ${query}`);
  }

  logSchemaBuild(): void {}

  logMigration(message: string): void {
    this.logger.log(message);
  }

  log(level: 'log' | 'info' | 'warn', message: unknown): void {
    if (level === 'warn') this.logger.warn(String(message));
    else this.logger.debug(String(message));
  }
}
