import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { AppError } from '../common/app-error.js';
import { COMMON_ERRORS } from '../common/common.errors.js';
import { type ProviderPart, Providers } from '../common/providers.js';
import { Database } from '../database/database.js';
import { Public } from '../http/public.decorator.js';
import { success, Answer } from '../openapi/answers.js';
import { Documented } from '../openapi/operation.js';
import { HttpDrain } from './http-drain.js';
import * as docs from './operation.docs.js';
import { CallProviders, ReadyAnswer } from './operation.dto.js';

const RETRY_SECONDS = 2;

@ApiTags(docs.OPERATION_TAG.name)
@Controller('health')
export class HealthController {
  constructor(
    private readonly database: Database,
    private readonly drain: HttpDrain,
    private readonly providers: Providers,
  ) {}

  @Public()
  @Get('live')
  @Documented(docs.LIVE)
  live(): Answer {
    return success('The process runs.');
  }

  @Public()
  @Get('ready')
  @Documented(docs.READY)
  async ready(): Promise<ReadyAnswer> {
    if (this.drain.isStopping) throw new AppError(COMMON_ERRORS.STOPPING, { retryAfterSeconds: RETRY_SECONDS });
    if (!(await this.database.isReady())) {
      throw new AppError(COMMON_ERRORS.DATABASE_UNAVAILABLE, { retryAfterSeconds: RETRY_SECONDS });
    }
    return success('Requests can be served.', { database: 'up', providers: this.callProviders });
  }

  /** Everybody may ask: where a provider is stays between the operator and the log. */
  private get callProviders(): CallProviders {
    const names = (part: ProviderPart) => this.providers.inUse(part).map((name) => name.replace(/ at \S+$/, ''));
    return {
      languageModel: names('language-model'),
      speechToText: names('speech-to-text'),
      textToSpeech: names('text-to-speech'),
    };
  }
}
