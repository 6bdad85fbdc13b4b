import { AgentData, createAgent } from '../support/agents.js';
import { ApiClient } from '../support/api-client.js';
import { join } from '../support/people.js';
import { createProject } from '../support/projects.js';
import { startApp, TestApp } from '../support/start-app.js';

const QUESTION = { name: 'date', question: 'Which date suits?', type: 'Text' };
const ALL = {
  firstMessage: 'Good morning {{title}} {{name}}.',
  language: 'de-AT',
  voicemailMessage: 'Please call {{clinic}} back.',
  recording: true,
  disclosure: 'A machine speaks.',
  maxSeconds: 120,
  temperature: 0.5,
  transferTo: ['+12025550199'],
  analysis: [QUESTION, { name: 'day', question: 'Which day?', type: 'Selector', options: ['today', 'later'] }],
};

let service: TestApp;
let api: ApiClient;
let agent: AgentData;
beforeAll(async () => {
  service = await startApp();
  const ada = await join(service);
  api = service.api.as(ada);
  const { id: projectId } = await createProject(service, ada);
  agent = await createAgent(service, ada, projectId, { settings: ALL });
});
afterAll(() => service.close());

const ids = () => ({ projectId: agent.projectId, agentId: agent.id });
const update = (settings: unknown) => api.put('/agent', { ...ids(), settings });
const settings = async () => (await api.post('/agent', ids())).body.settings;
/** What the service says of settings that are not as they should be. */
async function refusal(wrong: object): Promise<string> {
  const { status, body } = await update(wrong);
  expect({ status, code: body.code, field: body.errors[0].field }).toEqual({
    status: 400,
    code: 'VALIDATION_FAILED',
    field: 'settings',
  });
  return body.errors[0].message;
}

describe('The settings of an agent', () => {
  it('are returned as sent, count the variables of their messages, and are exported', async () => {
    expect(agent).toMatchObject({ settings: ALL, variables: ['name', 'title', 'clinic'] });
    expect((await api.get('/user/export')).body.data.agents).toMatchObject([{ settings: ALL }]);
  });

  it('change one by one, and null takes one away, or all of them', async () => {
    await update({ maxSeconds: 60, disclosure: false, recording: null, firstMessage: ' ' });
    const changed = { ...ALL, recording: undefined, firstMessage: undefined, maxSeconds: 60, disclosure: false };
    expect(await settings()).toEqual(JSON.parse(JSON.stringify(changed)));
    await update(null);
    expect(await settings()).toEqual({});
    await update({ language: 'DE-at' });
    expect(await settings()).toEqual({ language: 'de-AT' });
  });

  it('take analysis by its other name too, and types in any case', async () => {
    await update({ custom_analysis_datastructure: [{ ...QUESTION, type: 'tEXT' }] });
    expect(await settings()).toMatchObject({ analysis: [QUESTION] });
    expect(await refusal({ custom_analysis_datastructure: [], analysis: [] })).toContain('once');
  });

  it.each<[string, unknown]>([
    ['firstMessage', 5],
    ['firstMessage', 'a'.repeat(1001)],
    ['firstMessage', '\ud800'],
    ['language', 'not a language'],
    ['recording', 'yes'],
    ['disclosure', true],
    ['maxSeconds', 9],
    ['maxSeconds', 60.5],
    ['maxSeconds', '60'],
    ['temperature', 2.1],
    ['transferTo', '+12025550199'],
    ['transferTo', ['2025550199']],
    ['transferTo', ['+12025550199', '+12025550199']],
    ['transferTo', Array.from({ length: 21 }, (_, i) => `+1202555${1000 + i}`)],
    ['analysis', [{ ...QUESTION, type: { toString: null } }]],
    ['analysis', [{ ...QUESTION, options: ['a'] }]],
    ['analysis', [{ ...QUESTION, type: 'Selector', options: [] }]],
    ['analysis', [{ ...QUESTION, more: 1 }]],
    ['analysis', [QUESTION, QUESTION]],
    ['analysis', Array.from({ length: 51 }, (_, i) => ({ ...QUESTION, name: `name${i}` }))],
  ])('are refused with the name of the faulty one: %s %j', async (name, value) => {
    expect(await refusal({ [name]: value })).toContain(`settings.${name} must be`);
  });

  it('accept no unknown setting, whatever its name', async () => {
    for (const name of ['voice', 'toString']) {
      expect(await refusal({ [name]: 1 })).toContain('must have firstMessage, language');
    }
    for (const wrong of ['text', [], 5]) expect(await refusal(wrong as object)).toBe('settings must be an object');
  });

  it('have at most 65,535 bytes of JSON, stored ones included', async () => {
    const options = Array.from({ length: 50 }, (_, i) => `${i}`.padEnd(100, 'ä'));
    const some = (count: number, type: string) =>
      Array.from({ length: count }, (_, i) => ({ ...QUESTION, name: `${type}${i}`, type: 'Selector', options }));
    expect((await update({ analysis: some(5, 'a') })).status).toBe(200);
    expect(await refusal({ analysis: some(15, 'a') })).toContain('65535 bytes');
  });

  it('let no call be transferred to a number that is not called', async () => {
    for (const [number, code] of [
      ['+19005550100', 'NUMBER_NOT_ALLOWED'],
      ['+1555', 'NUMBER_INVALID'],
    ]) {
      expect(await update({ transferTo: [number] })).toMatchObject({ status: 400, body: { code } });
    }
  });
});
