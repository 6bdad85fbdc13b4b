import { createAgent, INSTRUCTION } from '../support/agents.js';
import { atOnce } from '../support/credentials.js';
import { newNumber } from '../support/numbers.js';
import { join, Person } from '../support/people.js';
import { createProject, ProjectData } from '../support/projects.js';
import { countRows } from '../support/rows.js';
import { startApp, TestApp } from '../support/start-app.js';

let service: TestApp;
let ada: Person;
let project: ProjectData;
beforeAll(async () => {
  service = await startApp();
  ada = await join(service);
});
afterAll(() => service.close());
beforeEach(async () => void (project = await createProject(service, ada)));

const create = (phoneNumber: string, projectId = project.id, as = ada) =>
  service.api
    .as(as)
    .post('/agent/create-agent', { name: 'Jo', systemInstruction: INSTRUCTION, projectId, phoneNumber });
const numberOf = async (e164: string) => {
  const { body } = await service.api.as(ada).post('/phone-number', { projectId: project.id });
  return body.numbers.find((number: { e164: string }) => number.e164 === e164);
};

describe('An agent that is created with a phone number', () => {
  it('has the number from the start, in every response', async () => {
    const phoneNumber = newNumber();
    const { status, body } = await create(phoneNumber);
    expect({ status, body }).toMatchObject({ status: 200, body: { phoneNumber, data: { phoneNumber } } });
    const ids = { projectId: project.id, agentId: body.id };
    expect((await service.api.as(ada).post('/agent', ids)).body.phoneNumber).toBe(phoneNumber);
    const other = await createAgent(service, ada, project.id);
    const list = (await service.api.as(ada).get(`/agent/${project.id}`)).body;
    expect(list.map((agent: { id: string; phoneNumber: string | null }) => [agent.id, agent.phoneNumber])).toEqual([
      [other.id, null],
      [body.id, phoneNumber],
    ]);
    expect(await numberOf(phoneNumber)).toMatchObject({ agentId: body.id, status: 'ASSIGNED' });
    expect((await service.api.as(ada).put('/agent', { ...ids, name: 'Sam' })).body.data.phoneNumber).toBe(phoneNumber);
  });

  it('can take over a number of its project', async () => {
    const phoneNumber = newNumber();
    const first = (await create(phoneNumber)).body;
    const second = (await create(phoneNumber)).body;
    expect(await numberOf(phoneNumber)).toMatchObject({ agentId: second.id });
    const { body } = await service.api.as(ada).post('/agent', { projectId: project.id, agentId: first.id });
    expect(body.phoneNumber).toBeNull();
  });

  it('is not created at all when the number is somebody else’s', async () => {
    const phoneNumber = newNumber();
    const bob = await join(service);
    expect((await create(phoneNumber, (await createProject(service, bob)).id, bob)).status).toBe(200);
    const { status, body } = await create(phoneNumber);
    expect([status, body.code]).toEqual([400, 'NUMBER_TAKEN']);
    expect(await countRows(service, 'agents', `project_id = '${project.id}'`)).toBe(0);
  });

  it('is one of ten projects when all ask for one number at once', async () => {
    const phoneNumber = newNumber();
    const projects = await atOnce(10, () => createProject(service, ada));
    const answers = await Promise.all(projects.map(({ id }) => create(phoneNumber, id)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.code === 'NUMBER_TAKEN')).toHaveLength(9);
    const ids = projects.map(({ id }) => `'${id}'`).join();
    expect(await countRows(service, 'agents', `project_id IN (${ids})`)).toBe(1);
  });

  it('leaves the number to the project when it is deleted', async () => {
    const phoneNumber = newNumber();
    const { id: agentId } = (await create(phoneNumber)).body;
    expect((await service.api.as(ada).delete('/agent', { projectId: project.id, agentId })).status).toBe(200);
    expect(await numberOf(phoneNumber)).toMatchObject({ agentId: null, status: 'AVAILABLE' });
  });
});
