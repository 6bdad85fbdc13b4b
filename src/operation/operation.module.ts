import { Module } from '@nestjs/common';
import { HealthController } from './health.controller.js';

/** What operators and load balancers ask. */
@Module({ controllers: [HealthController] })
export class OperationModule {}
