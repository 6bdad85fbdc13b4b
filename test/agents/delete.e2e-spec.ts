import { createAgent, writeAgents } from '../support/agents.js';
import { atOnce } from '../support/credentials.js';
import { join, Person } from '../support/people.js';
import { createProject } from '../support/projects.js';
import { statementsOf } from '../support/query-log.js';
import { countRows } from '../support/rows.js';
import { NO_POLLS, startApp, TestApp } from '../support/start-app.js';

let service: TestApp;
let ada: Person;
beforeAll(async () => {
  service = await startApp(NO_POLLS);
  ada = await join(service);
});
afterAll(() => service.close());

const remove = (projectId: unknown, agentId: unknown, as: { token?: string } = ada) =>
  service.api.as(as).delete('/agent', { projectId, agentId });
const agentsIn = (projectId: string) => countRows(service, 'agents', `project_id = '${projectId}'`);

/** A project with an agent. */
async function projectWithAgent() {
  const { id: projectId, user_id: userId } = await createProject(service, ada);
  const agent = await createAgent(service, ada, projectId);
  return { projectId, userId, agent, agentId: agent.id };
}

describe('A deleted agent', () => {
  it('is gone, and is returned one last time', async () => {
    const { projectId, agentId, agent } = await projectWithAgent();
    const { status, body } = await remove(projectId, agentId);
    expect({ status, body }).toEqual({
      status: 200,
      body: { message: expect.any(String), status: 'success', ...agent, data: agent },
    });
    expect(await agentsIn(projectId)).toBe(0);
    expect(await remove(projectId, agentId)).toMatchObject({ status: 404, body: { code: 'AGENT_NOT_FOUND' } });
    expect((await service.api.as(ada).post('/agent', { projectId, agentId })).status).toBe(404);
  });

  it('is no longer the active agent, while another active agent stays active', async () => {
    const { projectId, agentId } = await projectWithAgent();
    const { id: otherId } = await createAgent(service, ada, projectId);
    await service.api.as(ada).patch('/project/active-agent', { projectId, active_agent: agentId });
    const active = async () => (await service.api.as(ada).get(`/project/${projectId}`)).body.data.active_agent;
    await remove(projectId, otherId);
    expect(await active()).toBe(agentId);
    await remove(projectId, agentId);
    expect(await active()).toBeNull();
    const answer = await service.api.as(ada).post('/project/active-agent', { projectId });
    expect(answer).toMatchObject({ status: 404, body: { code: 'NO_ACTIVE_AGENT' } });
  });

  it('is deleted once, however many ask for it at once', async () => {
    const { projectId, agentId } = await projectWithAgent();
    const answers = await atOnce(10, () => remove(projectId, agentId));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 404)).toHaveLength(9);
  });

  it('is not changed by concurrent requests', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { projectId, agentId } = await projectWithAgent();
      const [deleted, ...changed] = await Promise.all([
        remove(projectId, agentId),
        ...['A', 'B', 'C'].map((name) => service.api.as(ada).put('/agent', { projectId, agentId, name })),
      ]);
      expect(deleted.status).toBe(200);
      for (const { status } of changed) expect([200, 404]).toContain(status);
      expect(await agentsIn(projectId)).toBe(0);
    }
  });

  it('must be the caller’s and in the project: other agents get 404 and stay', async () => {
    const { projectId, agentId } = await projectWithAgent();
    const [bob, other] = [await join(service), await createProject(service, ada)];
    const none = await remove('none', 'none');
    const answers = [none, await remove(projectId, agentId, bob), await remove(other.id, agentId)];
    for (const { status, body } of answers) {
      expect({ status, body: { ...body, requestId: '' } }).toEqual({
        status: 404,
        body: { ...none.body, requestId: '', code: 'AGENT_NOT_FOUND' },
      });
    }
    for (const [project, agent] of [
      [undefined, agentId],
      [projectId, null],
      [projectId, 5],
    ]) {
      expect(await remove(project, agent)).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } });
    }
    expect((await remove(projectId, agentId, {})).status).toBe(401);
    expect(await agentsIn(projectId)).toBe(1);
  });
});

describe('A project with agents', () => {
  it('is not deleted without them', async () => {
    const { projectId, agentId } = await projectWithAgent();
    const path = `/project/${projectId}`;
    expect(await service.api.as(ada).delete(path)).toMatchObject({ status: 400, body: { code: 'PROJECT_NOT_EMPTY' } });
    await remove(projectId, agentId);
    expect((await service.api.as(ada).delete(path)).status).toBe(200);
  });

  it('deletes a thousand agents with one statement, and looks for one of them only to refuse', async () => {
    const { projectId, userId, agentId } = await projectWithAgent();
    const kept = await projectWithAgent();
    await service.api.as(ada).patch('/project/active-agent', { projectId, active_agent: agentId });
    await writeAgents(service, userId, projectId, 1000);
    const ofAgents = async (body: object, status: number) => {
      const statements = await statementsOf(service, async () => {
        expect((await service.api.as(ada).delete(`/project/${projectId}`, body)).status).toBe(status);
      });
      return statements.filter((statement) => /["`]agents["`]/.test(statement));
    };
    expect(await ofAgents({}, 400)).toEqual([expect.stringMatching(/EXISTS.* LIMIT 1$/)]);
    expect(await ofAgents({ cascade: true }, 200)).toEqual([expect.stringMatching(/^DELETE/)]);
    expect([await agentsIn(projectId), await agentsIn(kept.projectId)]).toEqual([0, 1]);
  });
});
