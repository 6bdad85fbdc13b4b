import { MINUTE_MS } from '../../src/common/clock.js';
import { AgentData, createAgent } from '../support/agents.js';
import { makeApiKey } from '../support/credentials.js';
import { join, Person } from '../support/people.js';
import { createProject, ProjectData } from '../support/projects.js';
import { startApp, TestApp } from '../support/start-app.js';

const UNKNOWN = '019b7a3e-7d5e-7c8a-9d3f-2b1c4d5e6f70';

let service: TestApp;
let other: TestApp;
let ada: Person;
let project: ProjectData;
let agent: AgentData;
beforeAll(async () => {
  service = await startApp();
  other = await service.another();
  ada = await join(service);
});
beforeEach(async () => {
  project = await createProject(service, ada);
  agent = await createAgent(service, ada, project.id);
});
afterAll(() => service.close());

type As = { token?: string; apiKey?: string };
const get = (projectId: unknown = project.id, as: As = ada) =>
  service.api.as(as).post('/project/active-agent', { projectId });
const set = (active_agent: unknown, projectId: unknown = project.id, as: As = ada) =>
  service.api.as(as).patch('/project/active-agent', { projectId, active_agent });
const unset = (agentId: string, as: As = ada) => service.api.as(as).patch(`/project/active-agent/${agentId}`);
const stored = async () => (await service.api.as(ada).get(`/project/${project.id}`)).body.data;

describe('The active agent of a project', () => {
  it('is none at first', async () => {
    expect(await get()).toMatchObject({ status: 404, body: { code: 'NO_ACTIVE_AGENT' } });
    expect(project.active_agent).toBeNull();
  });

  it('can be set, and is then returned with the whole project', async () => {
    service.clock.advance(MINUTE_MS);
    const { status, body } = await set(agent.id);
    const changed = { ...project, active_agent: agent.id, updated_at: expect.any(String) };
    expect({ status, body }).toEqual({
      status: 200,
      body: { message: expect.any(String), status: 'success', project: changed },
    });
    expect(Date.parse(body.project.updated_at)).toBeGreaterThan(Date.parse(project.updated_at));
    expect(await stored()).toEqual(body.project);
    expect((await get()).body).toEqual({
      message: expect.any(String),
      status: 'success',
      active_agent: agent.id,
    });
  });

  it('is replaced by the next one that is set', async () => {
    const next = await createAgent(service, ada, project.id);
    await set(agent.id);
    expect((await set(next.id)).body.project.active_agent).toBe(next.id);
    expect((await get()).body.active_agent).toBe(next.id);
  });

  it('can be removed by the id of the agent, also of one that is not active', async () => {
    const quiet = await createAgent(service, ada, project.id);
    await set(agent.id);
    const done = { status: 200, body: { message: expect.any(String), status: 'success' } };
    const ofQuiet = await unset(quiet.id);
    expect({ status: ofQuiet.status, body: ofQuiet.body }).toEqual(done);
    expect((await stored()).active_agent).toBe(agent.id);
    for (let round = 0; round < 2; round += 1) {
      const { status, body } = await unset(agent.id);
      expect({ status, body }).toEqual(done);
      expect((await stored()).active_agent).toBeNull();
    }
  });

  it('can be set, read and removed with an API key', async () => {
    const as = { apiKey: await makeApiKey(service, ada) };
    expect((await set(agent.id, project.id, as)).status).toBe(200);
    expect((await get(project.id, as)).body.active_agent).toBe(agent.id);
    expect((await unset(agent.id, as)).status).toBe(200);
  });

  it('requires an existing project: 404 for an unknown, a deleted or a foreign one', async () => {
    const [bob, gone] = [await join(service), await createProject(service, ada)];
    await service.api.as(ada).delete(`/project/${gone.id}`);
    await set(agent.id);
    for (const answer of [
      ...[await get(UNKNOWN), await get('none'), await get(gone.id), await get(project.id, bob)],
      ...[await set(agent.id, UNKNOWN), await set(agent.id, gone.id), await set(agent.id, project.id, bob)],
    ]) {
      expect(answer).toMatchObject({ status: 404, body: { code: 'PROJECT_NOT_FOUND' } });
    }
  });

  it('must belong to the same project: 404 for an unknown, deleted or foreign agent, or one of another project', async () => {
    const bob = await join(service);
    const his = await createAgent(service, bob, (await createProject(service, bob)).id);
    const elsewhere = await createAgent(service, ada, (await createProject(service, ada)).id);
    const gone = await createAgent(service, ada, project.id);
    await service.api.as(ada).delete('/agent', { projectId: project.id, agentId: gone.id });
    for (const id of [UNKNOWN, 'none', his.id, elsewhere.id, gone.id]) {
      expect(await set(id)).toMatchObject({ status: 404, body: { code: 'AGENT_NOT_FOUND' } });
    }
    for (const id of [UNKNOWN, 'none', his.id, gone.id, '%00']) {
      expect(await unset(id)).toMatchObject({ status: 404, body: { code: 'AGENT_NOT_FOUND' } });
    }
    expect((await stored()).active_agent).toBeNull();
  });

  it('requires its fields and credentials', async () => {
    for (const nothing of [undefined, null, ' ', 5]) {
      expect(await get(nothing)).toMatchObject(
        nothing === undefined ? { status: 404 } : { status: 400, body: { errors: [{ field: 'projectId' }] } },
      );
      expect(await set(nothing)).toMatchObject({ status: 400, body: { errors: [{ field: 'active_agent' }] } });
    }
    expect((await service.api.as(ada).patch('/project/active-agent', {})).body.errors).toHaveLength(2);
    const answers = [await get(project.id, {}), await set(agent.id, project.id, {}), await unset(agent.id, {})];
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401]);
  });

  it('is never an agent that another instance deletes at the same time', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { id: agentId } = await createAgent(service, ada, project.id);
      const [deleted, ...changes] = await Promise.all([
        other.api.as(ada).delete('/agent', { projectId: project.id, agentId }),
        ...Array.from({ length: 4 }, (_, i) => (i % 3 === 2 ? unset(agentId) : set(agentId))),
      ]);
      expect(deleted.status).toBe(200);
      expect(changes.filter(({ status, body }) => status !== 200 && body.code !== 'AGENT_NOT_FOUND')).toEqual([]);
      expect((await stored()).active_agent).toBeNull();
    }
  });
});
