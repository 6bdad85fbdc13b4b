import { Global, Module } from '@nestjs/common';
import { Clock } from './clock.js';
import { Providers } from './providers.js';

/** What every module may use. */
@Global()
@Module({ providers: [Clock, Providers], exports: [Clock, Providers] })
export class CommonModule {}
