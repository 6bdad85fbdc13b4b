import { createAgent, insertAgent } from '../support/agents.js';
import { ApiCredentials } from '../support/api-client.js';
import { newNumber } from '../support/numbers.js';
import { createProject } from '../support/projects.js';
import { TestTwilio } from '../support/test-twilio.js';
import { ApiDriver } from './api-driver.js';

const SMALLEST_QUOTAS = { PROJECTS_PER_USER: '1', AGENTS_PER_PROJECT: '1', NUMBERS_PER_PROJECT: '1' };

/** Makes projects, changes them, sets one active and deletes it, with all that can go wrong. */
export async function lookAfterProjects(api: ApiDriver, as: ApiCredentials): Promise<void> {
  const project = { name: 'Clinic', description: '' };
  const { id: projectId } = (await api.expect('success', 'createProject', { body: project, as })).body.data;
  const full = api.at(await api.service.another(SMALLEST_QUOTAS));
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
  await lookAfterWebhooks(api, as, projectId);
  await api.expect('NO_ACTIVE_PROJECT', 'getActiveProject', { as });
  await api.expect('success', 'setActiveProject', { as, body: { projectId } });
  await api.expect('PROJECT_UNKNOWN', 'setActiveProject', { as, body: { projectId: 'none' } });
  await api.expect('success', 'getActiveProject', { as });
  await createAgent(api.service, as, projectId);
  await api.expect('PROJECT_NOT_EMPTY', 'deleteProject', { as, params });
  await api.expect('success', 'deleteProject', { as, params, body: { cascade: true } });
  await api.expect('PROJECT_NOT_FOUND', 'deleteProject', { as, params });
}

/** Sends a test to the webhook of a project, lists it and replays it, likewise. */
async function lookAfterWebhooks(api: ApiDriver, as: ApiCredentials, projectId: string): Promise<void> {
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

/** Makes an agent, changes it, sets it active and deletes it, likewise. */
export async function lookAfterAgents(api: ApiDriver, as: ApiCredentials): Promise<void> {
  const { id: projectId } = await createProject(api.service, as);
  const agent = { name: 'Jo', systemInstruction: 'Greet {{name}}.', projectId };
  await api.expect('NO_AGENTS', 'listAgents', { as, params: { projectId } });
  const { id: agentId } = (await api.expect('success', 'createAgent', { as, body: agent })).body;
  const full = api.at(await api.service.another(SMALLEST_QUOTAS));
  await full.expect('QUOTA_REACHED', 'createAgent', { as, body: agent });
  await api.expect('PROJECT_UNKNOWN', 'createAgent', { as, body: { ...agent, projectId: 'none' } });
  await api.expect('VOICE_UNKNOWN', 'createAgent', { as, body: { ...agent, voice_id: 'none' } });
  const costly = { settings: { transferTo: ['+19005550100'] } };
  await api.expect('NUMBER_NOT_ALLOWED', 'createAgent', { as, body: { ...agent, ...costly } });
  const [body, unknown] = [
    { projectId, agentId },
    { projectId, agentId: 'none' },
  ];
  await api.expect('success', 'getAgent', { as, body });
  await api.expect('AGENT_NOT_FOUND', 'getAgent', { as, body: unknown });
  await api.expect('success', 'updateAgent', { as, body: { ...body, name: 'Ann' } });
  await api.expect('AGENT_NOT_FOUND', 'updateAgent', { as, body: { ...unknown, name: 'Ann' } });
  await api.expect('VOICE_UNKNOWN', 'updateAgent', { as, body: { ...body, voice_id: 'none' } });
  await api.expect('NUMBER_NOT_ALLOWED', 'updateAgent', { as, body: { ...body, ...costly } });
  const malformed = { settings: { transferTo: ['+1555'] } };
  await api.expect('NUMBER_INVALID', 'updateAgent', { as, body: { ...body, ...malformed } });
  await api.expect('success', 'listAgents', { as, params: { projectId } });
  await api.expect('VALIDATION_FAILED', 'listAgents', { as, params: { projectId }, query: 'after=none' });
  await api.expect('PROJECT_NOT_FOUND', 'listAgents', { as });
  const activation = { projectId, active_agent: agentId };
  await api.expect('NO_ACTIVE_AGENT', 'getActiveAgent', { as, body: { projectId } });
  await api.expect('PROJECT_NOT_FOUND', 'getActiveAgent', { as, body: { projectId: 'none' } });
  await api.expect('success', 'setActiveAgent', { as, body: activation });
  await api.expect('PROJECT_NOT_FOUND', 'setActiveAgent', { as, body: { ...activation, projectId: 'none' } });
  await api.expect('AGENT_NOT_FOUND', 'setActiveAgent', { as, body: { ...activation, active_agent: 'none' } });
  await api.expect('success', 'getActiveAgent', { as, body: { projectId } });
  await api.expect('success', 'removeActiveAgent', { as, params: { agentId } });
  await api.expect('AGENT_NOT_FOUND', 'removeActiveAgent', { as });
  await api.expect('success', 'deleteAgent', { as, body });
  await api.expect('AGENT_NOT_FOUND', 'deleteAgent', { as, body });
}

/** Lists the voices and plays one, and does so where the catalogue cannot be reached. */
export async function lookForVoice(api: ApiDriver, as: ApiCredentials): Promise<void> {
  const { body } = await api.expect('success', 'listVoices', { as });
  await api.expect('VALIDATION_FAILED', 'listVoices', { as, query: 'pageSize=101' });
  const params = { voice_id: body.voices[0].voice_id };
  await api.expect('success', 'getVoice', { as, params });
  await api.expect('VOICE_NOT_FOUND', 'getVoice', { as });
  await api.expect('success', 'playPreview', { params });
  await api.expect('VOICE_NOT_FOUND', 'playPreview');
  // Nothing listens at that port.
  const nowhere = { ELEVENLABS_API_KEY: 'a-key', ELEVENLABS_URL: 'http://127.0.0.1:1' };
  const cut = api.at(await api.service.another(nowhere));
  await cut.expect('VOICES_UNAVAILABLE', 'listVoices', { as });
  await cut.expect('VOICES_UNAVAILABLE', 'getVoice', { as, params });
  const ids = { projectId: 'none', agentId: 'none', ...params };
  await cut.expect('VOICES_UNAVAILABLE', 'createAgent', {
    as,
    body: { ...ids, name: 'Jo', systemInstruction: 'Hello.' },
  });
  await cut.expect('VOICES_UNAVAILABLE', 'updateAgent', { as, body: ids });
}

/** Links numbers and takes them away, with a carrier too that knows them not, and one that is gone. */
export async function lookAfterNumbers(api: ApiDriver, as: ApiCredentials): Promise<void> {
  const [project, other] = [await createProject(api.service, as), await createProject(api.service, as)];
  const body = { e164: newNumber(), projectId: project.id, agentId: await insertAgent(api.service, project) };
  const elsewhere = { projectId: other.id, agentId: await insertAgent(api.service, other) };
  const { data } = (await api.expect('success', 'addNumber', { as, body })).body;
  const full = api.at(await api.service.another(SMALLEST_QUOTAS));
  await full.expect('QUOTA_REACHED', 'addNumber', { as, body: { ...body, e164: newNumber() } });
  await api.expect('NUMBER_INVALID', 'addNumber', { as, body: { ...body, e164: '+1555' } });
  await api.expect('NUMBER_TAKEN', 'addNumber', { as, body: { ...body, ...elsewhere } });
  await api.expect('PROJECT_NOT_FOUND', 'addNumber', { as, body: { ...body, projectId: 'none' } });
  await api.expect('AGENT_NOT_FOUND', 'addNumber', { as, body: { ...body, agentId: 'none' } });
  const agent = { name: 'Jo', systemInstruction: 'Hello.', projectId: other.id, phoneNumber: body.e164 };
  await api.expect('NUMBER_TAKEN', 'createAgent', { as, body: agent });
  await api.expect('NUMBER_INVALID', 'createAgent', { as, body: { ...agent, phoneNumber: '+1555' } });
  await api.expect('success', 'findNumber', { as, body: { phoneNumberId: data.id } });
  await api.expect('success', 'findNumber', { as, body: { projectId: project.id } });
  await api.expect('NUMBER_NOT_FOUND', 'findNumber', { as, body: { agentId: 'none' } });
  await api.expect('success', 'removeNumber', { as, body: { phoneNumberId: data.id } });
  await api.expect('success', 'removeNumber', { as, body: { e164: body.e164, release: true } });
  await api.expect('NUMBER_INVALID', 'removeNumber', { as, body: { e164: '+1555' } });
  await api.expect('NUMBER_NOT_FOUND', 'removeNumber', { as, body: { e164: body.e164 } });

  const twilio = new TestTwilio();
  await twilio.open();
  const careful = api.at(await api.service.another(twilio.settings));
  await careful.expect('NUMBER_NOT_YOURS', 'addNumber', { as, body });
  await careful.expect('NUMBER_NOT_YOURS', 'createAgent', { as, body: agent });
  await twilio.close();
  await careful.expect('CARRIER_UNAVAILABLE', 'addNumber', { as, body });
  await careful.expect('CARRIER_UNAVAILABLE', 'createAgent', { as, body: agent });
}
