import { Global, Module } from '@nestjs/common';
import { Clock } from './clock.js';
import { Secrets } from './secrets.js';

/** What every module may use: the clock and the keys. */
@Global()
@Module({ providers: [Clock, Secrets], exports: [Clock, Secrets] })
export class CommonModule {}
