import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { NameResolver } from './name-resolver.js';
import { WebhookAddresses } from './webhook-addresses.js';
import { WebhookAttempts } from './webhook-attempts.js';
import { WebhookClient } from './webhook-client.js';
import { WebhookContents } from './webhook-contents.js';
import { WebhookDeliveries } from './webhook-deliveries.js';
import { WebhookDelivery } from './webhook-delivery.entity.js';
import { WebhookEvents } from './webhook-events.js';
import { WebhookFigures } from './webhook-figures.js';
import { WebhookOutbox } from './webhook-outbox.js';
import { WebhookSecrets } from './webhook-secrets.js';
import { WebhookShares } from './webhook-shares.js';
import { WebhookUrls } from './webhook-target.js';
import { KEPT_WEBHOOKS } from './webhooks.kept.js';

/** Webhooks of projects: where they may lead, what they are signed with, and their delivery. */
@Module({
  imports: [TypeOrmModule.forFeature([WebhookDelivery])],
  providers: [
    NameResolver,
    WebhookAddresses,
    WebhookAttempts,
    WebhookClient,
    WebhookContents,
    WebhookDeliveries,
    WebhookEvents,
    WebhookFigures,
    WebhookOutbox,
    WebhookSecrets,
    WebhookShares,
    WebhookUrls,
    ...KEPT_WEBHOOKS,
  ],
  exports: [
    NameResolver,
    WebhookAddresses,
    WebhookDeliveries,
    WebhookEvents,
    WebhookFigures,
    WebhookOutbox,
    WebhookSecrets,
    WebhookUrls,
  ],
})
export class WebhooksModule {}
