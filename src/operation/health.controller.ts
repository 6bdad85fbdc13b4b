import { Controller, Get } from '@nestjs/common';
import { ApiProperty, ApiTags } from '@nestjs/swagger';
import { AppError } from '../common/app-error.js';
import { COMMON_ERRORS } from '../common/common.errors.js';
import { Database } from '../database/database.js';
import { Public } from '../http/public.decorator.js';
import { success, Answer } from '../openapi/answers.js';
import { Documented } from '../openapi/operation.js';
import { HttpDrain } from './http-drain.js';

const RETRY_SECONDS = 2;

export class ReadyAnswer extends Answer {
  @ApiProperty({ enum: ['up'], description: 'The database answers and has all migrations.' })
  database: 'up';
}

@ApiTags('Operation')
@Controller('health')
export class HealthController {
  constructor(
    private readonly database: Database,
    private readonly drain: HttpDrain,
  ) {}

  @Public()
  @Get('live')
  @Documented({
    operationId: 'health.live',
    summary: 'Whether the process runs',
    description: 'Asks nothing else: an instance whose database is away is alive.',
    answer: Answer,
    errors: [],
  })
  live(): Answer {
    return success('The process runs.');
  }

  @Public()
  @Get('ready')
  @Documented({
    operationId: 'health.ready',
    summary: 'Whether requests can be served',
    description: 'Asks the database, and whether it has all migrations.',
    answer: ReadyAnswer,
    errors: [COMMON_ERRORS.DATABASE_UNAVAILABLE, COMMON_ERRORS.STOPPING],
  })
  async ready(): Promise<ReadyAnswer> {
    if (this.drain.isStopping) throw new AppError(COMMON_ERRORS.STOPPING, { retryAfterSeconds: RETRY_SECONDS });
    if (!(await this.database.isReady())) {
      throw new AppError(COMMON_ERRORS.DATABASE_UNAVAILABLE, { retryAfterSeconds: RETRY_SECONDS });
    }
    return success('Requests can be served.', { database: 'up' });
  }
}
