import { Global, Module } from '@nestjs/common';
import { Clock } from './clock.js';
import { Providers } from './providers.js';

/** Providers that every module may inject. */
@Global()
@Module({ providers: [Clock, Providers], exports: [Clock, Providers] })
export class CommonModule {}
