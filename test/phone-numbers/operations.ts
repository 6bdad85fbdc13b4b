import { ApiDriver } from '../openapi/api-driver.js';
import type { Feature } from '../openapi/feature.js';
import { insertAgent } from '../support/agents.js';
import { ApiCredentials } from '../support/api-client.js';
import { addNumber, newNumber } from '../support/numbers.js';
import { createProject } from '../support/projects.js';
import { TestTwilio } from '../support/test-twilio.js';

/** Links numbers and takes them away, with a carrier too that knows them not, and one that is gone. */
async function responses(api: ApiDriver, as: ApiCredentials): Promise<void> {
  const [project, other] = [await createProject(api.service, as), await createProject(api.service, as)];
  const body = { e164: newNumber(), projectId: project.id, agentId: await insertAgent(api.service, project) };
  const elsewhere = { projectId: other.id, agentId: await insertAgent(api.service, other) };
  const { data } = (await api.expect('success', 'addNumber', { as, body })).body;
  const full = api.at(await api.service.another({ NUMBERS_PER_PROJECT: '1' }));
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

/** Phone numbers in the tests of all operations. */
export const PHONE_NUMBERS: Feature = {
  make: async (service, as, { projectId, agentId }) => ({
    phoneNumberId: (await addNumber(service, as, { projectId, agentId })).id,
  }),
  responses,
};
