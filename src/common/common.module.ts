import { Global, Module } from '@nestjs/common';
import { Clock } from './clock.js';
import { ProviderFaults } from './provider-faults.js';

/** What every module may use. */
@Global()
@Module({ providers: [Clock, ProviderFaults], exports: [Clock, ProviderFaults] })
export class CommonModule {}
