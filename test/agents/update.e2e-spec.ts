import { MINUTE_MS } from '../../src/common/clock.js';
import { VOICE_ID_EXAMPLE } from '../../src/speech/synthesis/voice.js';
import { AgentData, createAgent } from '../support/agents.js';
import { atOnce } from '../support/credentials.js';
import { join, Person } from '../support/people.js';
import { createProject } from '../support/projects.js';
import { startApp, TestApp } from '../support/start-app.js';

let service: TestApp;
let ada: Person;
let projectId: string;
let agent: AgentData;
beforeAll(async () => {
  service = await startApp();
  ada = await join(service);
  projectId = (await createProject(service, ada)).id;
});
beforeEach(async () => {
  agent = await createAgent(service, ada, projectId, { voice_id: VOICE_ID_EXAMPLE });
});
afterAll(() => service.close());

const update = (body: object, as: { token?: string } = ada) =>
  service.api.as(as).put('/agent', { projectId, agentId: agent.id, ...body });
const read = async () => (await service.api.as(ada).post('/agent', { projectId, agentId: agent.id })).body;

describe('A change of an agent', () => {
  it.each([
    { name: 'Ann' },
    { systemInstruction: ' Say {{word}} {{ word }}. ' },
    { voice_id: null },
    { name: 'Sam', systemInstruction: 'Other.', voice_id: VOICE_ID_EXAMPLE },
  ])('%j changes that alone, and answers the agent in an envelope and bare', async (change) => {
    service.clock.advance(MINUTE_MS);
    const { status, body } = await update(change);
    const { variables } = body.data;
    const changed = { ...agent, ...change, variables, updated_at: body.data.updated_at };
    expect({ status, body }).toEqual({
      status: 200,
      body: { message: expect.any(String), status: 'success', ...changed, data: changed },
    });
    expect(Date.parse(changed.updated_at) - Date.parse(agent.updated_at)).toBeGreaterThanOrEqual(MINUTE_MS);
    expect(await read()).toEqual(changed);
  });

  it('returns the variables of the new instruction', async () => {
    const { body } = await update({ systemInstruction: '{{b}} {{a}} {{b}}' });
    expect(body.variables).toEqual(['b', 'a']);
  });

  it('ignores blank and null fields, except voice_id: null, which removes the voice', async () => {
    const { body } = await update({ name: ' ', systemInstruction: null, voice_id: null });
    expect(body.data).toEqual({ ...agent, voice_id: null, updated_at: expect.any(String) });
  });

  it('is refused with 400 when name, systemInstruction and voice_id are all missing', async () => {
    for (const body of [{}, { name: null, systemInstruction: ' ', voice_id: '' }, { phoneNumber: '+12025550123' }]) {
      expect(await update(body)).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } });
    }
    expect(await read()).toEqual(agent);
  });

  it('needs both ids, and fields of their types', async () => {
    expect(await update({ projectId: null, agentId: ' ', name: 'A' })).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'projectId' }, { field: 'agentId' }] },
    });
    for (const body of [{ name: 5 }, { systemInstruction: 5 }, { voice_id: 5 }, { name: 'a'.repeat(101) }]) {
      const [field] = Object.keys(body);
      expect(await update(body)).toMatchObject({ status: 400, body: { errors: [{ field }] } });
    }
  });

  it('is refused alike for an agent that is unknown, of another project, or somebody else’s', async () => {
    const [bob, { id: otherId }] = [await join(service), await createProject(service, ada)];
    const unknown = await update({ agentId: 'none', name: 'Eve' });
    const answers = [
      unknown,
      await update({ name: 'Eve' }, bob),
      await update({ projectId: otherId, name: 'Eve' }),
      await update({ projectId: 'none', name: 'Eve' }),
    ];
    for (const { status, body } of answers) {
      expect({ status, body: { ...body, requestId: '' } }).toEqual({
        status: 404,
        body: { ...unknown.body, requestId: '', code: 'AGENT_NOT_FOUND' },
      });
    }
    expect((await update({ name: 'Eve' }, {})).status).toBe(401);
    expect(await read()).toEqual(agent);
  });

  it('loses none of several concurrent changes', async () => {
    const answers = await atOnce(6, (i) => update(i % 2 ? { name: `Jo ${i}` } : { systemInstruction: `Say ${i}.` }));
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(200));
    const { name, systemInstruction } = await read();
    expect([name, systemInstruction]).toEqual([expect.stringMatching(/^Jo \d$/), expect.stringMatching(/^Say \d\.$/)]);
  });
});
