import { createAgent } from './support/agents.js';
import { ApiAnswer } from './support/api-client.js';
import { atOnce } from './support/credentials.js';
import { addNumber, newNumber } from './support/numbers.js';
import { join, Person } from './support/people.js';
import { createProject, newProjectName } from './support/projects.js';
import { startApp, TestApp } from './support/start-app.js';

const QUOTAS = { PROJECTS_PER_USER: '3', AGENTS_PER_PROJECT: '3', NUMBERS_PER_PROJECT: '3' };

let service: TestApp;
let second: TestApp;
beforeAll(async () => {
  service = await startApp(QUOTAS);
  second = await service.another();
});
afterAll(() => service.close());

/** Forty requests at once, half of them to another instance. */
const manyTimes = (ask: (on: TestApp) => Promise<ApiAnswer>) => atOnce(40, (i) => ask(i % 2 === 0 ? service : second));

function expectThreeMade(answers: ApiAnswer[]): void {
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
  const refused = answers.filter(({ status }) => status !== 200);
  expect(refused.map(({ status, body }) => [status, body.code])).toEqual(refused.map(() => [400, 'QUOTA_REACHED']));
}

describe('The quota of a user', () => {
  const newProject = (on: TestApp, as: Person) =>
    on.api.as(as).post('/project/create-project', { name: newProjectName(), description: '' });

  it('of projects lets three of forty parallel requests create one, on two instances', async () => {
    const ada = await join(service);
    const answers = await manyTimes((on) => newProject(on, ada));
    expectThreeMade(answers);
    expect((await newProject(service, await join(service))).status).toBe(200);
    const made = answers.find(({ status }) => status === 200);
    await service.api.as(ada).delete(`/project/${made?.body.data.id}`);
    expect((await newProject(service, ada)).status).toBe(200);
    expect((await newProject(service, ada)).body.code).toBe('QUOTA_REACHED');
  });
});

describe('The quota of a project', () => {
  it('of agents lets three of forty parallel requests create one, on two instances', async () => {
    const ada = await join(service);
    const [{ id: projectId }, other] = [await createProject(service, ada), await createProject(service, ada)];
    const agent = { name: 'Jo', systemInstruction: 'Hello.', projectId };
    const answers = await manyTimes((on) => on.api.as(ada).post('/agent/create-agent', agent));
    expectThreeMade(answers);
    await createAgent(service, ada, other.id);
    const made = answers.find(({ status }) => status === 200);
    await service.api.as(ada).delete('/agent', { projectId, agentId: made?.body.id });
    await createAgent(service, ada, projectId);
  });

  it('of numbers lets three of forty parallel requests add one, and any of them change its agent', async () => {
    const ada = await join(service);
    const { id: projectId } = await createProject(service, ada);
    const [first, next] = [await createAgent(service, ada, projectId), await createAgent(service, ada, projectId)];
    const add = (on: TestApp, e164 = newNumber(), agentId = first.id) =>
      on.api.as(ada).post('/phone-number/add-number', { e164, agentId, projectId });
    const answers = await manyTimes((on) => add(on));
    expectThreeMade(answers);
    const { data } = answers.find(({ status }) => status === 200)?.body ?? {};
    expect((await add(service, data.e164, next.id)).status).toBe(200);
    const withNumber = { name: 'Jo', systemInstruction: 'Hello.', projectId, phoneNumber: newNumber() };
    expect((await service.api.as(ada).post('/agent/create-agent', withNumber)).body.code).toBe('QUOTA_REACHED');
    expect((await service.api.as(ada).get(`/agent/${projectId}`)).body).toHaveLength(2);
    await service.api.as(ada).post('/phone-number/remove-number', { phoneNumberId: data.id, release: true });
    await addNumber(service, ada, { projectId, agentId: next.id });
  });
});
