import { createAgent, INSTRUCTION } from '../support/agents.js';
import { makeApiKey } from '../support/credentials.js';
import { join, PASSWORD, Person } from '../support/people.js';
import { createProject } from '../support/projects.js';
import { countRows } from '../support/rows.js';
import { ID, TIME } from '../support/shapes.js';
import { startApp, TestApp } from '../support/start-app.js';

let service: TestApp;
let other: TestApp;
let ada: Person;
let projectId: string;
beforeAll(async () => {
  service = await startApp();
  other = await service.another();
  ada = await join(service);
  projectId = (await createProject(service, ada)).id;
});
afterAll(() => service.close());

const create = (body: object, as: { token?: string; apiKey?: string } = ada) =>
  service.api.as(as).post('/agent/create-agent', { name: 'Jo', systemInstruction: INSTRUCTION, projectId, ...body });
const faultsOf = async (body: object) => {
  const answer = await create(body);
  expect(answer).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } });
  return answer.body.errors;
};

describe('A new agent', () => {
  it('is returned with all fields, in `data` and at the top level', async () => {
    const { status, body } = await create({ name: '  Jo  ' });
    const agent = {
      id: ID,
      agentId: body.data.id,
      projectId,
      name: 'Jo',
      systemInstruction: INSTRUCTION,
      variables: ['name'],
      voice_id: null,
      settings: {},
      phoneNumber: null,
      created_at: TIME,
      updated_at: body.data.created_at,
    };
    expect(status).toBe(200);
    expect(body).toEqual({ message: expect.any(String), status: 'success', data: agent, ...agent });
    const read = await service.api.as(ada).post('/agent', { projectId, agentId: body.id });
    expect({ status: read.status, body: read.body }).toEqual({ status: 200, body: body.data });
  });

  it('can be created with an API key', async () => {
    const apiKey = await makeApiKey(service, ada);
    expect((await create({}, { apiKey })).status).toBe(200);
  });

  it('may have the same name as another agent', async () => {
    const [first, second] = [await create({}), await create({})];
    expect(first.body.name).toBe(second.body.name);
    expect(first.body.id).not.toBe(second.body.id);
  });

  it('needs a name, an instruction and a project', async () => {
    for (const nothing of [undefined, null, '', ' \n ']) {
      expect(await faultsOf({ name: nothing, systemInstruction: nothing, projectId: nothing })).toEqual([
        { field: 'name', message: 'name is missing' },
        { field: 'systemInstruction', message: 'systemInstruction is missing' },
        { field: 'projectId', message: 'projectId is missing' },
      ]);
    }
  });

  it('refuses a name that is too long, not a string, or has a lone surrogate', async () => {
    expect(await faultsOf({ name: 'a'.repeat(101) })).toMatchObject([{ field: 'name' }]);
    expect(await faultsOf({ name: 5 })).toEqual([{ field: 'name', message: 'name must be a string' }]);
    expect(await faultsOf({ name: 'a\ud83d' })).toEqual([
      { field: 'name', message: 'name must be well-formed Unicode' },
    ]);
    expect((await create({ name: '😀'.repeat(100) })).body.name).toBe('😀'.repeat(100));
  });

  it('refuses a phone number that is not in E.164', async () => {
    for (const phoneNumber of [
      '12025550123',
      '+0123456',
      '+1 202 555 0123',
      '+1202555012345678',
      '+',
      '+١٢٣٤',
      5,
      [],
    ]) {
      const { status, body } = await create({ phoneNumber });
      expect([phoneNumber, status, body.errors?.[0].field]).toEqual([phoneNumber, 400, 'phoneNumber']);
      expect(body.code).toBe(typeof phoneNumber === 'string' ? 'NUMBER_INVALID' : 'VALIDATION_FAILED');
    }
    for (const phoneNumber of [null, '', ' ']) expect((await create({ phoneNumber })).status).toBe(200);
  });

  it('is refused with 400 in a project that is unknown, deleted or somebody else’s', async () => {
    const bob = await join(service);
    const gone = await createProject(service, bob);
    await service.api.as(bob).delete(`/project/${gone.id}`);
    const answers = [];
    for (const id of [projectId, gone.id, '019b7a3e-7d5e-7c8a-9d3f-2b1c4d5e6f70', 'none', '\ud800', '\u0000']) {
      answers.push(await create({ projectId: id }, bob));
    }
    for (const { status, body } of answers) {
      expect({ status, body: { ...body, requestId: '' } }).toEqual({
        status: 400,
        body: { ...answers[0].body, requestId: '', code: 'PROJECT_UNKNOWN' },
      });
    }
    expect(await countRows(service, 'agents', `project_id = '${gone.id}'`)).toBe(0);
  });

  it('is refused with 401 without credentials', async () => {
    expect(await create({}, {})).toMatchObject({ status: 401, body: { code: 'UNAUTHORIZED' } });
  });
});

describe('An agent made while its project is deleted', () => {
  it('is refused, deleted with it, or keeps it from being deleted', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { id } = await createProject(service, ada);
      const [deletion, ...made] = await Promise.all([
        other.api.as(ada).delete(`/project/${id}`, { cascade: round % 2 === 1 }),
        ...Array.from({ length: 5 }, () => create({ projectId: id })),
      ]);
      const wasRefused = ({ body }: { body: any }) => body.code === 'PROJECT_UNKNOWN';
      expect(made.filter((answer) => answer.status !== 200 && !wasRefused(answer))).toEqual([]);
      const isGone = deletion.status === 200;
      if (!isGone) expect(deletion.body.code).toBe('PROJECT_NOT_EMPTY');
      const left = isGone ? 0 : made.filter(({ status }) => status === 200).length;
      expect(await countRows(service, 'agents', `project_id = '${id}'`)).toBe(left);
    }
  });
});

describe('An agent created while its owner deletes the account', () => {
  it('is refused or deleted, and never causes a 500', async () => {
    for (let round = 0; round < 5; round += 1) {
      const leaving = await join(service);
      const project = await createProject(service, leaving);
      await createAgent(service, leaving, project.id);
      const [left, ...made] = await Promise.all([
        other.api.as(leaving).delete('/user', { password: PASSWORD }),
        ...Array.from({ length: 4 }, () => create({ projectId: project.id }, leaving)),
      ]);
      expect(left.status).toBe(200);
      for (const { status } of made) expect([200, 400, 401]).toContain(status);
      expect(await countRows(service, 'agents', `user_id = '${project.user_id}'`)).toBe(0);
    }
  });
});
