import { insertAgent } from '../support/agents.js';
import { makeApiKey } from '../support/credentials.js';
import { addNumber, newNumber } from '../support/numbers.js';
import { join, Person } from '../support/people.js';
import { createProject, ProjectData } from '../support/projects.js';
import { startApp, TestApp } from '../support/start-app.js';

const NO_ID = '019b7a3e-7d5e-7c8a-9d3f-2b1c4d5e6f70';

let service: TestApp;
let ada: Person;
let project: ProjectData;
beforeAll(async () => {
  service = await startApp();
  ada = await join(service);
  project = await createProject(service, ada);
});
afterAll(() => service.close());

const find = (body: unknown, as: { token?: string; apiKey?: string } = ada) =>
  service.api.as(as).post('/phone-number', body);

describe('A phone number', () => {
  it('is found by its id, and by its agent', async () => {
    const agentId = await insertAgent(service, project);
    const number = await addNumber(service, ada, { projectId: project.id, agentId });
    const found = { status: 200, body: { message: expect.any(String), status: 'success', data: number } };
    expect(await find({ phoneNumberId: number.id })).toMatchObject(found);
    expect(await find({ agentId: ` ${agentId} ` })).toMatchObject(found);
    expect((await find({ agentId })).body).not.toHaveProperty('numbers');
    expect(await find({ agentId }, { apiKey: await makeApiKey(service, ada) })).toMatchObject(found);
    expect(await find({ agentId }, {})).toMatchObject({ status: 401 });
  });

  it('is the newest of its project, beside all of them, available ones too', async () => {
    const { id: projectId, user_id } = await createProject(service, ada);
    const agentId = await insertAgent(service, { id: projectId, user_id });
    const numbers = [];
    for (let i = 0; i < 3; i += 1) numbers.push(await addNumber(service, ada, { projectId, agentId }));
    const { status, body } = await find({ projectId });
    expect(status).toBe(200);
    expect(body.data).toEqual(numbers[2]);
    expect(body.numbers.map(({ id, status }: any) => [id, status])).toEqual([
      [numbers[2].id, 'ASSIGNED'],
      [numbers[1].id, 'AVAILABLE'],
      [numbers[0].id, 'AVAILABLE'],
    ]);
  });

  it('is looked up by one identifier alone: its id, else its agent, else its project', async () => {
    const [first, second] = [await insertAgent(service, project), await insertAgent(service, project)];
    const one = await addNumber(service, ada, { projectId: project.id, agentId: first });
    const two = await addNumber(service, ada, { projectId: project.id, agentId: second });
    const idFound = async (body: object) => (await find(body)).body.data?.id;
    expect(await idFound({ phoneNumberId: one.id, agentId: second, projectId: NO_ID })).toBe(one.id);
    expect(await idFound({ phoneNumberId: ' ', agentId: second, projectId: NO_ID })).toBe(two.id);
    expect(await idFound({ phoneNumberId: null, agentId: first, projectId: project.id })).toBe(one.id);
    expect(await find({ phoneNumberId: NO_ID, agentId: first })).toMatchObject({ status: 404 });
    expect(await find({ agentId: NO_ID, projectId: project.id })).toMatchObject({ status: 404 });
  });

  it('is not found without an identifier', async () => {
    for (const body of [
      {},
      undefined,
      { phoneNumberId: '' },
      { agentId: null, projectId: ' ' },
      { e164: newNumber() },
    ]) {
      expect(await find(body)).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } });
    }
    expect(await find({ agentId: 5 })).toMatchObject({ status: 400, body: { errors: [{ field: 'agentId' }] } });
  });

  it('is answered alike when it is somebody else’s, when there is none, and for what is no id', async () => {
    const agentId = await insertAgent(service, project);
    const bare = await insertAgent(service, project);
    const empty = await createProject(service, ada);
    const { id } = await addNumber(service, ada, { projectId: project.id, agentId });
    const bob = await join(service);
    const answers = [
      await find({ phoneNumberId: id }, bob),
      await find({ agentId }, bob),
      await find({ projectId: project.id }, bob),
      await find({ agentId: bare }),
      await find({ projectId: empty.id }),
    ];
    for (const field of ['phoneNumberId', 'agentId', 'projectId']) {
      for (const wrong of [NO_ID, 'none', '\u0000', '\ud800', 'x'.repeat(5000)])
        answers.push(await find({ [field]: wrong }));
    }
    const bodies = answers.map(({ body }) => JSON.stringify({ ...body, requestId: '' }));
    expect(new Set(bodies).size).toBe(1);
    expect(answers[0]).toMatchObject({ status: 404, body: { code: 'NUMBER_NOT_FOUND' } });
  });
});
