import { Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Caller, FromCaller } from '../credentials/caller.js';
import { Documented } from '../openapi/operation.js';
import * as docs from './project-webhooks.docs.js';
import { WebhookSecretAnswer } from './project-webhooks.dto.js';
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
}
