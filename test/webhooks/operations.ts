import { ApiDriver } from '../openapi/api-driver.js';
import type { Feature } from '../openapi/feature.js';
import { ApiCredentials } from '../support/api-client.js';
import { createProject } from '../support/projects.js';
import { setWebhook } from '../support/webhooks.js';

const WEBHOOK_URL = 'https://hooks.example.test/calls';

/** Sends a test to the webhook of a project, lists it and replays it, likewise. */
async function responses(api: ApiDriver, as: ApiCredentials): Promise<void> {
  const { id: projectId } = await createProject(api.service, as);
  await setWebhook(api.service, as, projectId, WEBHOOK_URL);
  const params = { projectId };
  const { delivery } = (await api.expect('success', 'testWebhook', { as, params })).body;
  await api.expect('PROJECT_NOT_FOUND', 'testWebhook', { as });
  await api.expect('success', 'listWebhookDeliveries', { as, params });
  await api.expect('VALIDATION_FAILED', 'listWebhookDeliveries', { as, params, query: 'state=none' });
  await api.expect('PROJECT_NOT_FOUND', 'listWebhookDeliveries', { as });
  const known = { ...params, deliveryId: delivery.id };
  await api.expect('success', 'replayWebhookDelivery', { as, params: known });
  await api.expect('WEBHOOK_DELIVERY_NOT_FOUND', 'replayWebhookDelivery', { as, params });
  await api.expect('PROJECT_NOT_FOUND', 'replayWebhookDelivery', { as });
  await api.expect('success', 'addWebhook', { as, body: { projectId, webhookURL: null } });
  await api.expect('WEBHOOK_NOT_SET', 'testWebhook', { as, params });
}

/** Deliveries of webhooks in the tests of all operations. */
export const WEBHOOKS: Feature = {
  make: async (service, as, { projectId }) => {
    await setWebhook(service, as, projectId, WEBHOOK_URL);
    const { delivery } = (await service.api.as(as).post(`/project/${projectId}/webhook-deliveries/test`, {})).body;
    // Nothing is written by what happens to the person's calls from here on.
    await setWebhook(service, as, projectId, null);
    return { deliveryId: delivery.id };
  },
  responses,
};
