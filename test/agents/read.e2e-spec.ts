import { createAgent, writeAgents } from '../support/agents.js';
import { join, Person } from '../support/people.js';
import { createProject } from '../support/projects.js';
import { planOf, statementsOf } from '../support/query-log.js';
import { NO_POLLS, startApp, TestApp } from '../support/start-app.js';

const UNKNOWN = '019b7a3e-7d5e-7c8a-9d3f-2b1c4d5e6f70';

let service: TestApp;
let ada: Person;
let bob: Person;
beforeAll(async () => {
  service = await startApp(NO_POLLS);
  [ada, bob] = [await join(service), await join(service)];
});
afterAll(() => service.close());

const get = (body: object, as: { token?: string } = ada) => service.api.as(as).post('/agent', body);
const list = (projectId: string, as: { token?: string } = ada) => service.api.as(as).get(`/agent/${projectId}`);

describe('The details of an agent', () => {
  it('are returned without an envelope', async () => {
    const { id: projectId } = await createProject(service, ada);
    const agent = await createAgent(service, ada, projectId);
    const { status, body } = await get({ projectId, agentId: agent.id });
    expect({ status, body }).toEqual({ status: 200, body: agent });
  });

  it('respond the same for an agent that is foreign, of another project, or unknown', async () => {
    const [{ id: projectId }, other] = [await createProject(service, ada), await createProject(service, ada)];
    const his = await createProject(service, bob);
    const { id: agentId } = await createAgent(service, ada, projectId);
    const answers = [
      await get({ projectId: UNKNOWN, agentId: UNKNOWN }),
      await get({ projectId, agentId }, bob),
      await get({ projectId: his.id, agentId }, bob),
      await get({ projectId: other.id, agentId }),
      await get({ projectId, agentId: UNKNOWN }),
      await get({ projectId, agentId: 'none' }),
      await get({ projectId: 'none', agentId }),
      await get({ projectId: '\ud800', agentId: '\u0000' }),
    ];
    for (const { status, body } of answers) {
      expect({ status, body: { ...body, requestId: '' } }).toEqual({
        status: 404,
        body: { ...answers[0].body, requestId: '', code: 'AGENT_NOT_FOUND' },
      });
    }
  });

  it('need both ids', async () => {
    for (const nothing of [undefined, null, ' ']) {
      expect(await get({ projectId: nothing, agentId: nothing })).toMatchObject({
        status: 400,
        body: { code: 'VALIDATION_FAILED', errors: [{ field: 'projectId' }, { field: 'agentId' }] },
      });
    }
    expect(await get({ projectId: 5, agentId: ['a'] })).toMatchObject({ status: 400 });
    expect((await get({ projectId: UNKNOWN, agentId: UNKNOWN }, {})).status).toBe(401);
  });
});

describe('The list of a project’s agents', () => {
  it('is an array of whole agents, newest first', async () => {
    const [project, other] = [await createProject(service, ada), await createProject(service, ada)];
    const made = [];
    for (const name of ['Jo', 'Ann', 'Sam']) made.unshift(await createAgent(service, ada, project.id, { name }));
    await createAgent(service, ada, other.id);
    const { status, body } = await list(project.id);
    expect({ status, body }).toEqual({ status: 200, body: made });
  });

  it('responds 404 when it is empty', async () => {
    const { id } = await createProject(service, ada);
    expect(await list(id)).toMatchObject({ status: 404, body: { code: 'NO_AGENTS' } });
  });

  it('responds 404 for a project that is unknown, deleted or somebody else’s', async () => {
    const [his, gone] = [await createProject(service, bob), await createProject(service, ada)];
    await createAgent(service, bob, his.id);
    await service.api.as(ada).delete(`/project/${gone.id}`);
    const unknown = await list(UNKNOWN);
    for (const id of [UNKNOWN, his.id, gone.id, 'none', '%00']) {
      const { status, body } = await list(id);
      expect({ status, body: { ...body, requestId: '' } }).toEqual({
        status: 404,
        body: { ...unknown.body, requestId: '', code: 'PROJECT_NOT_FOUND' },
      });
    }
    expect((await list(his.id, {})).status).toBe(401);
  });
});

describe('However many agents there are', () => {
  it('a list is read along the index, and one agent by its key', async () => {
    const { id: projectId, user_id: userId } = await createProject(service, ada);
    const { id: otherId } = await createProject(service, ada);
    await writeAgents(service, userId, projectId, 300);
    await writeAgents(service, userId, otherId, 900);
    const { id: agentId } = await createAgent(service, ada, projectId);

    // Quoted, as TypeORM writes them: the worker of the webhooks, which asks every second, names projects too.
    const reading = async (work: () => Promise<unknown>) =>
      (await statementsOf(service, work)).filter((statement) => /["`](agents|projects)["`]/.test(statement));
    const [ofProject, ...ofAgents] = await reading(() => list(projectId));
    expect(ofProject).toContain('projects');
    const [count, ids, ...wholeRows] = ofAgents;
    for (const read of [count, ids]) {
      expect(read).not.toContain('system_instruction');
      const plan = await planOf(service, read, projectId);
      expect(plan).toMatch(/agents_of_project/);
      expect(plan).not.toMatch(/TEMP B-TREE|filesort|SCAN/i);
    }
    // A hundred of three hundred, by their ids, in few batches.
    expect(wholeRows.length).toBeLessThan(4);
    for (const read of wholeRows) expect(read).toMatch(/WHERE(?!.*(project_id` =|LIMIT)).* IN ?\(/);

    const [details, ...more] = await reading(() => get({ projectId, agentId }));
    expect(more).toEqual([]);
    // In the order of the statement's conditions.
    const detailsPlan = await planOf(service, details, projectId, agentId, userId);
    expect(detailsPlan).toMatch(/agents_of_project \(project_id=\? AND id=\?\)|autoindex_agents_1|"type":"const"/);
  });
});
