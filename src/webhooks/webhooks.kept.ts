import { LessThan } from 'typeorm';
import { daysBefore } from '../common/clock.js';
import { keeps } from '../kept-data/keeps.js';
import { WebhookContent } from './webhook-content.entity.js';
import { WebhookDeliveries } from './webhook-deliveries.js';
import { WebhookDelivery } from './webhook-delivery.entity.js';
import { WebhookSecret } from './webhook-secret.entity.js';
import { WebhookSecrets } from './webhook-secrets.js';
import { WebhookDeliveryAnswer } from './webhooks.dto.js';
import { WebhooksSettings } from './webhooks.settings.js';

const KEPT_SECRETS = keeps<WebhookSecret, [WebhookSecrets]>(
  (secrets) => ({
    entity: WebhookSecret,
    exported: 'A secret.',
    outdated: 'A project has one at most.',
    withAccount: 'cascade',
    withProject: (transaction, projectId) => secrets.remove(transaction, projectId),
  }),
  [WebhookSecrets],
);

const KEPT_DELIVERIES = keeps<WebhookDelivery, [WebhookDeliveries, WebhooksSettings]>(
  (deliveries, { WEBHOOK_RETENTION_DAYS }) => ({
    entity: WebhookDelivery,
    ofUser: ({ id }) => ({ userId: id }),
    exported: { as: WebhookDeliveryAnswer, newestBy: ['id'] },
    outdated: (now) => ({ settledAt: LessThan(daysBefore(now, WEBHOOK_RETENTION_DAYS)) }),
    withAccount: 'cascade',
    withProject: (transaction, projectId) => deliveries.remove(transaction, projectId),
  }),
  [WebhookDeliveries, WebhooksSettings],
);

const KEPT_CONTENTS = keeps<WebhookContent, []>(
  () => ({
    entity: WebhookContent,
    exported: 'They tell of calls, which are shown.',
    outdated: 'They go with their delivery.',
    withAccount: 'cascade',
    withProject: 'cascade',
  }),
  [],
);

export const KEPT_WEBHOOKS = [KEPT_SECRETS, KEPT_DELIVERIES, KEPT_CONTENTS];
