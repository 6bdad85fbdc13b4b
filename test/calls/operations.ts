import { ApiDriver } from '../openapi/api-driver.js';
import type { Feature } from '../openapi/feature.js';
import { createAgent } from '../support/agents.js';
import { ApiCredentials } from '../support/api-client.js';
import { makeCall, openDesk, RECIPIENT } from '../support/calls.js';

const PRODUCTION = {
  NODE_ENV: 'production',
  APP_SECRET: 'a secret that only tests know, 32 characters and more',
  ARGON2_MEMORY_KIB: '7168',
};

/** Suppresses a number, sees it, and takes it away. */
async function suppression(api: ApiDriver, as: ApiCredentials, body: object): Promise<void> {
  const suppressed = { number: '+15550100007' };
  await api.expect('success', 'suppressNumber', { as, body: suppressed });
  await api.expect('NUMBER_SUPPRESSED', 'makeCall', { as, body: { ...body, ...suppressed } });
  const narrow = api.at(await api.service.another({ SUPPRESSED_NUMBERS_PER_USER: '1' }));
  await narrow.expect('QUOTA_REACHED', 'suppressNumber', { as, body: { number: '+15550100008' } });
  await api.expect('success', 'listSuppressedNumbers', { as });
  await api.expect('VALIDATION_FAILED', 'listSuppressedNumbers', { as, query: 'page=0' });
  await api.expect('success', 'unsuppressNumber', { as, body: suppressed });
  for (const which of ['suppressNumber', 'unsuppressNumber']) {
    await api.expect('NUMBER_INVALID', which, { as, body: { number: '+1555' } });
  }
}

/** Makes a call, looks at it and ends it, with all that can go wrong. */
async function responses(api: ApiDriver, as: ApiCredentials): Promise<void> {
  const { service } = api;
  const { projectId, agentId } = await openDesk(service, as);
  const body = { number: RECIPIENT, projectId, agentId, dynamicVariables: { name: 'Ada' } };
  const headers = { 'idempotency-key': 'order-4711' };
  const { call } = (await api.expect('success', 'makeCall', { as, body, headers })).body;
  await api.expect('IDEMPOTENCY_KEY_REUSED', 'makeCall', { as, headers, body: { ...body, number: '+15550100009' } });
  await api.expect('NUMBER_INVALID', 'makeCall', { as, body: { ...body, number: '+1555' } });
  await api.expect('NUMBER_NOT_ALLOWED', 'makeCall', { as, body: { ...body, number: '+19005550100' } });
  await api.expect('PROJECT_NOT_FOUND', 'makeCall', { as, body: { ...body, projectId: 'none' } });
  await api.expect('AGENT_NOT_FOUND', 'makeCall', { as, body: { ...body, agentId: 'none' } });
  await api.expect('VARIABLES_MISSING', 'makeCall', { as, body: { ...body, dynamicVariables: {} } });
  const { id: mute } = await createAgent(service, as, projectId);
  await api.expect('AGENT_HAS_NO_NUMBER', 'makeCall', { as, body: { ...body, agentId: mute } });
  const long = await openDesk(service, as, { systemInstruction: '{{name}}'.repeat(8000) });
  const dynamicVariables = { name: 'a'.repeat(1000) };
  await api.expect('VARIABLES_TOO_LONG', 'makeCall', { as, body: { ...body, ...long, dynamicVariables } });
  await suppression(api, as, body);
  const full = api.at(await service.another({ QUEUED_CALLS_PER_PROJECT: '1', CALLS_PER_PROJECT: '1' }));
  await full.expect('success', 'makeCall', { as, body: { ...body, ...(await openDesk(service, as)) } });
  for (let i = 0; i < 12; i += 1) await api.call('makeCall', { as, body });
  await full.expect('QUOTA_REACHED', 'makeCall', { as, body });
  const production = api.at(await service.another(PRODUCTION));
  await production.expect('CALLS_NOT_SET_UP', 'makeCall', { as, body });

  for (const which of ['getCall', 'endCall']) {
    await api.expect('success', which, { as, body: { sid: call.sid } });
    await api.expect('CALL_NOT_FOUND', which, { as, body: { sid: 'none' } });
  }
  await api.expect('success', 'getCallHistory', { as, body: { projectId } });
  await api.expect('PROJECT_NOT_FOUND', 'getCallHistory', { as, body: { projectId: 'none' } });
}

/** Calls in the tests of all operations. */
export const CALLS: Feature = {
  make: async (service, as, { projectId, agentId }) => ({
    sid: (await makeCall(service, as, { projectId, agentId })).sid,
  }),
  responses,
};
