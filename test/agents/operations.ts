import { ApiDriver } from '../openapi/api-driver.js';
import type { Feature } from '../openapi/feature.js';
import { createAgent } from '../support/agents.js';
import { ApiCredentials } from '../support/api-client.js';
import { createProject } from '../support/projects.js';

/** Makes an agent, changes it, sets it active and deletes it, likewise. */
async function responses(api: ApiDriver, as: ApiCredentials): Promise<void> {
  const { id: projectId } = await createProject(api.service, as);
  const agent = { name: 'Jo', systemInstruction: 'Greet {{name}}.', projectId };
  await api.expect('NO_AGENTS', 'listAgents', { as, params: { projectId } });
  const { id: agentId } = (await api.expect('success', 'createAgent', { as, body: agent })).body;
  const full = api.at(await api.service.another({ AGENTS_PER_PROJECT: '1' }));
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

/** Agents in the tests of all operations. */
export const AGENTS: Feature = {
  make: async (service, as, { projectId }) => {
    const { id } = await createAgent(service, as, projectId);
    return { agentId: id, active_agent: id };
  },
  responses,
};
