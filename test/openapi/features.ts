import { AGENTS } from '../agents/operations.js';
import { CALLS } from '../calls/operations.js';
import { PHONE_NUMBERS } from '../phone-numbers/operations.js';
import { PROJECTS } from '../projects/operations.js';
import { ApiCredentials } from '../support/api-client.js';
import { TestApp } from '../support/start-app.js';
import { VOICES } from '../voices/operations.js';
import { WEBHOOKS } from '../webhooks/operations.js';
import type { Feature, Ids } from './feature.js';

/** What users own and look after; each needs at most what stands before it. */
export const FEATURES: Record<string, Feature> = {
  projects: PROJECTS,
  agents: AGENTS,
  'phone numbers': PHONE_NUMBERS,
  voices: VOICES,
  calls: CALLS,
  webhooks: WEBHOOKS,
};

/** Makes one thing of each kind for a person; returns their ids, and that of the person's session. */
export async function makeThings(service: TestApp, as: ApiCredentials): Promise<Ids> {
  const { sessions } = (await service.api.as(as).get('/user/sessions')).body;
  let ids: Ids = { sessionId: sessions[0].id };
  for (const { make } of Object.values(FEATURES)) ids = { ...ids, ...(await make?.(service, as, ids)) };
  return ids;
}
