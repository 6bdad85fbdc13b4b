import { Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { type Caller, FromCaller } from '../credentials/caller.js';
import { withPageHeaders } from '../http/paging.js';
import { Documented } from '../openapi/operation.js';
import { WebhookDeliveriesQuery } from '../webhooks/webhooks.dto.js';
import * as docs from './project-webhooks.docs.js';
import { DeliveriesAnswer, OneDeliveryAnswer, WebhookSecretAnswer } from './project-webhooks.dto.js';
import { ProjectWebhooksService } from './project-webhooks.service.js';
import { PROJECT_TAG } from './projects.docs.js';

@ApiTags(PROJECT_TAG.name)
@Controller('project/:projectId')
export class ProjectWebhooksController {
  constructor(private readonly webhooks: ProjectWebhooksService) {}

  @Post('webhook-secret')
  @HttpCode(200)
  @Documented(docs.ROTATE_WEBHOOK_SECRET)
  rotateWebhookSecret(
    @Param('projectId') projectId: string,
    @FromCaller() caller: Caller,
  ): Promise<WebhookSecretAnswer> {
    return this.webhooks.rotateSecret(projectId, caller);
  }

  @Get('webhook-deliveries')
  @Documented(docs.LIST_WEBHOOK_DELIVERIES)
  async listWebhookDeliveries(
    @Param('projectId') projectId: string,
    @Query() query: WebhookDeliveriesQuery,
    @FromCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DeliveriesAnswer> {
    return withPageHeaders(reply, await this.webhooks.listDeliveries(projectId, query, caller));
  }

  @Post('webhook-deliveries/test')
  @HttpCode(200)
  @Documented(docs.TEST_WEBHOOK)
  testWebhook(@Param('projectId') projectId: string, @FromCaller() caller: Caller): Promise<OneDeliveryAnswer> {
    return this.webhooks.test(projectId, caller);
  }

  @Post('webhook-deliveries/:deliveryId/replay')
  @HttpCode(200)
  @Documented(docs.REPLAY_WEBHOOK_DELIVERY)
  replayWebhookDelivery(
    @Param('projectId') projectId: string,
    @Param('deliveryId') deliveryId: string,
    @FromCaller() caller: Caller,
  ): Promise<OneDeliveryAnswer> {
    return this.webhooks.replay({ projectId, deliveryId }, caller);
  }
}
