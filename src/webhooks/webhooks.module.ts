import { Module } from '@nestjs/common';
import { NameResolver } from './name-resolver.js';
import { WebhookSecrets } from './webhook-secrets.js';
import { WebhookUrls } from './webhook-target.js';

/** Webhooks of projects: where they may lead, and what they are signed with. */
@Module({
  providers: [NameResolver, WebhookSecrets, WebhookUrls],
  exports: [NameResolver, WebhookSecrets, WebhookUrls],
})
export class WebhooksModule {}
