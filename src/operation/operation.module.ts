import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { WebhooksModule } from '../webhooks/webhooks.module.js';
import { HealthController } from './health.controller.js';
import { HttpDrain } from './http-drain.js';
import { MetricsController } from './metrics.controller.js';
import { MetricsService } from './metrics.service.js';

/** Health, metrics, and an orderly stop. */
@Module({
  imports: [AuthModule, WebhooksModule],
  controllers: [HealthController, MetricsController],
  providers: [HttpDrain, MetricsService],
})
export class OperationModule {}
