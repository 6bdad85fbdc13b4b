import { ApiDriver } from '../openapi/api-driver.js';
import type { Feature } from '../openapi/feature.js';
import { ApiCredentials } from '../support/api-client.js';

/** Lists the voices and plays one, and does so where the catalogue cannot be reached. */
async function responses(api: ApiDriver, as: ApiCredentials): Promise<void> {
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

/** Voices in the tests of all operations. */
export const VOICES: Feature = {
  responses,
};
