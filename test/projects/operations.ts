import { ApiDriver } from '../openapi/api-driver.js';
import type { Feature } from '../openapi/feature.js';
import { createAgent } from '../support/agents.js';
import { ApiCredentials } from '../support/api-client.js';
import { createProject } from '../support/projects.js';

/** Makes projects, changes them, sets one active and deletes it, with all that can go wrong. */
async function responses(api: ApiDriver, as: ApiCredentials): Promise<void> {
  const project = { name: 'Clinic', description: '' };
  const { id: projectId } = (await api.expect('success', 'createProject', { body: project, as })).body.data;
  const full = api.at(await api.service.another({ PROJECTS_PER_USER: '1' }));
  await full.expect('QUOTA_REACHED', 'createProject', { body: { ...project, name: 'Other' }, as });
  await api.expect('PROJECT_NAME_TAKEN', 'createProject', { body: project, as });
  for (const list of ['listProjects', 'listProjectsAlso']) {
    await api.expect('success', list, { as });
    await api.expect('VALIDATION_FAILED', list, { as, query: 'page=0' });
  }
  const other = (await api.expect('success', 'createProject', { body: { ...project, name: 'Other' }, as })).body.data;
  const params = { projectId };
  await api.expect('success', 'getProject', { as, params });
  await api.expect('PROJECT_UNKNOWN', 'getProject', { as });
  await api.expect('success', 'updateProject', { as, params, body: { name: 'Practice' } });
  await api.expect('PROJECT_NAME_TAKEN', 'updateProject', { as, params, body: { name: other.name } });
  await api.expect('WEBHOOK_URL_INVALID', 'updateProject', { as, params, body: { webhookUrl: 'http://localhost' } });
  await api.expect('PROJECT_NOT_FOUND', 'updateProject', { as, body: { name: 'Practice' } });
  const webhookURL = 'https://hooks.example.test/calls';
  await api.expect('success', 'addWebhook', { as, body: { projectId, webhookURL } });
  await api.expect('WEBHOOK_URL_INVALID', 'addWebhook', { as, body: { projectId, webhookURL: 'none' } });
  await api.expect('PROJECT_NOT_FOUND', 'addWebhook', { as, body: { projectId: 'none', webhookURL } });
  await api.expect('success', 'rotateWebhookSecret', { as, params });
  await api.expect('PROJECT_NOT_FOUND', 'rotateWebhookSecret', { as });
  await api.expect('NO_ACTIVE_PROJECT', 'getActiveProject', { as });
  await api.expect('success', 'setActiveProject', { as, body: { projectId } });
  await api.expect('PROJECT_UNKNOWN', 'setActiveProject', { as, body: { projectId: 'none' } });
  await api.expect('success', 'getActiveProject', { as });
  await createAgent(api.service, as, projectId);
  await api.expect('PROJECT_NOT_EMPTY', 'deleteProject', { as, params });
  await api.expect('success', 'deleteProject', { as, params, body: { cascade: true } });
  await api.expect('PROJECT_NOT_FOUND', 'deleteProject', { as, params });
}

/** Projects in the tests of all operations. */
export const PROJECTS: Feature = {
  make: async (service, as) => ({ projectId: (await createProject(service, as)).id }),
  responses,
};
