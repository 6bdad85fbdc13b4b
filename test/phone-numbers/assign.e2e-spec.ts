import { insertAgent } from '../support/agents.js';
import { atOnce, makeApiKey } from '../support/credentials.js';
import { addNumber, newNumber } from '../support/numbers.js';
import { join, PASSWORD, Person } from '../support/people.js';
import { createProject, ProjectData } from '../support/projects.js';
import { countRows } from '../support/rows.js';
import { ID, TIME } from '../support/shapes.js';
import { startApp, TestApp } from '../support/start-app.js';

const NO_ID = '019b7a3e-7d5e-7c8a-9d3f-2b1c4d5e6f70';

let service: TestApp;
let other: TestApp;
let ada: Person;
let project: ProjectData;
let projectId: string;
let agentId: string;
beforeAll(async () => {
  service = await startApp();
  other = await service.another();
  ada = await join(service);
  project = await createProject(service, ada);
  projectId = project.id;
});
beforeEach(async () => {
  agentId = await insertAgent(service, project);
});
afterAll(() => service.close());

const add = (body: object, as: { token?: string; apiKey?: string } = ada) =>
  service.api.as(as).post('/phone-number/add-number', { e164: newNumber(), agentId, projectId, ...body });
const see = async (phoneNumberId: string, as: { token: string } = ada) =>
  (await service.api.as(as).post('/phone-number', { phoneNumberId })).body.data;
/** Somebody else with a project and an agent. */
async function neighbour() {
  const person = await join(service);
  const theirs = await createProject(service, person);
  return { person, projectId: theirs.id, agentId: await insertAgent(service, theirs), project: theirs };
}

describe('A phone number', () => {
  it('can be linked to an agent, and is returned with all fields', async () => {
    const e164 = newNumber();
    const { status, body } = await add({ e164: ` ${e164} ` });
    expect(status).toBe(200);
    expect(body).toEqual({
      message: expect.any(String),
      status: 'success',
      data: {
        e164,
        id: ID,
        status: 'ASSIGNED',
        projectId,
        agentId,
        country: null,
        verification: 'unverified',
        created_at: TIME,
        updated_at: body.data.created_at,
      },
    });
    expect(await see(body.data.id)).toEqual(body.data);
  });

  it('is linked with an API key just as well', async () => {
    const apiKey = await makeApiKey(service, ada);
    expect((await add({}, { apiKey })).status).toBe(200);
    expect(await add({}, {})).toMatchObject({ status: 401, body: { code: 'UNAUTHORIZED' } });
  });

  it('needs its digits, an agent and a project', async () => {
    for (const field of ['e164', 'agentId', 'projectId']) {
      for (const blank of [undefined, null, '', '  ']) {
        expect(await add({ [field]: blank })).toMatchObject({
          status: 400,
          body: { code: 'VALIDATION_FAILED', errors: [{ field, message: `${field} is missing` }] },
        });
      }
      expect(await add({ [field]: 5 })).toMatchObject({
        status: 400,
        body: { errors: [{ field, message: `${field} must be a string` }] },
      });
    }
  });

  it('may be linked to the same agent again', async () => {
    const first = await addNumber(service, ada, { projectId, agentId });
    const again = await add({ e164: first.e164 });
    expect(again).toMatchObject({ status: 200, body: { data: { ...first, updated_at: expect.any(String) } } });
  });

  it('moves to another agent of the project', async () => {
    const first = await addNumber(service, ada, { projectId, agentId });
    const second = await insertAgent(service, project);
    const moved = await add({ e164: first.e164, agentId: second });
    expect(moved.body.data).toMatchObject({ id: first.id, agentId: second, status: 'ASSIGNED' });
    expect(await see(first.id)).toEqual(moved.body.data);
  });

  it('takes the place of the one that the agent had, which stays in the project', async () => {
    const first = await addNumber(service, ada, { projectId, agentId });
    const second = await addNumber(service, ada, { projectId, agentId });
    expect(await see(first.id)).toMatchObject({ projectId, agentId: null, status: 'AVAILABLE' });
    const back = await add({ e164: first.e164 });
    expect(back.body.data).toMatchObject({ id: first.id, agentId });
    expect(await see(second.id)).toMatchObject({ agentId: null, status: 'AVAILABLE' });
  });

  it('belongs to one project of one user', async () => {
    const { e164, id } = await addNumber(service, ada, { projectId, agentId });
    const mine = await createProject(service, ada);
    const bob = await neighbour();
    const taken = { status: 400, body: { code: 'NUMBER_TAKEN' } };
    expect(await add({ e164, projectId: mine.id, agentId: await insertAgent(service, mine) })).toMatchObject(taken);
    expect(await add({ e164, projectId: bob.projectId, agentId: bob.agentId }, bob.person)).toMatchObject(taken);
    expect(await see(id)).toMatchObject({ projectId, agentId });
  });
});

describe('A number is refused', () => {
  it('alike in a project of somebody else, one that is deleted, and what is no id', async () => {
    const bob = await neighbour();
    const gone = await createProject(service, ada);
    await service.api.as(ada).delete(`/project/${gone.id}`);
    for (const wrong of [bob.projectId, gone.id, NO_ID, 'none', 'x'.repeat(5000), '\u0000']) {
      for (const agent of [bob.agentId, agentId, 'none']) {
        expect(await add({ projectId: wrong, agentId: agent })).toMatchObject({
          status: 404,
          body: { code: 'PROJECT_NOT_FOUND' },
        });
      }
    }
  });

  it('alike for an agent of somebody else, of another project, and what is no id', async () => {
    const bob = await neighbour();
    const elsewhere = await insertAgent(service, await createProject(service, ada));
    for (const wrong of [bob.agentId, elsewhere, NO_ID, 'none', 'x'.repeat(5000), '\u0000']) {
      expect(await add({ agentId: wrong })).toMatchObject({ status: 404, body: { code: 'AGENT_NOT_FOUND' } });
    }
    expect(await countRows(service, 'phone_numbers', `agent_id = '${elsewhere}' OR agent_id = '${bob.agentId}'`)).toBe(
      0,
    );
  });

  it('for its fields first, then for its project, its agent, and because it is taken', async () => {
    const bob = await neighbour();
    const { e164 } = await addNumber(service, bob.person, bob);
    const codeOf = async (body: object) => (await add({ e164, ...body })).body.code;
    expect(await codeOf({ e164: 'none', projectId: NO_ID, agentId: NO_ID })).toBe('NUMBER_INVALID');
    expect(await codeOf({ projectId: NO_ID, agentId: NO_ID })).toBe('PROJECT_NOT_FOUND');
    expect(await codeOf({ agentId: NO_ID })).toBe('AGENT_NOT_FOUND');
    expect(await codeOf({})).toBe('NUMBER_TAKEN');
  });
});

describe('Numbers that several requests want at once', () => {
  it('go to one of ten projects of ten users, on two instances', async () => {
    const all = await atOnce(10, () => neighbour());
    for (let round = 0; round < 4; round += 1) {
      const e164 = newNumber();
      const answers = await atOnce(10, (i) => {
        const { person, ...where } = all[i];
        const body = { e164, projectId: where.projectId, agentId: where.agentId };
        return [service, other][i % 2].api.as(person).post('/phone-number/add-number', body);
      });
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(answers.filter(({ body }) => body.code === 'NUMBER_TAKEN')).toHaveLength(9);
      expect(await countRows(service, 'phone_numbers', `e164 = '${e164}'`)).toBe(1);
    }
  });

  it('end up at one of ten agents of the same project', async () => {
    const agents = await atOnce(10, () => insertAgent(service, project));
    const e164 = newNumber();
    const answers = await atOnce(10, (i) =>
      [service, other][i % 2].api.as(ada).post('/phone-number/add-number', { e164, projectId, agentId: agents[i] }),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect(new Set(answers.map(({ body }) => body.data.id)).size).toBe(1);
    expect(agents).toContain((await see(answers[0].body.data.id)).agentId);
  });

  it('leave an agent with one of ten numbers, and the others to the project', async () => {
    const numbers = Array.from({ length: 10 }, () => newNumber());
    const answers = await atOnce(10, (i) =>
      [service, other][i % 2].api.as(ada).post('/phone-number/add-number', { e164: numbers[i], projectId, agentId }),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect(await countRows(service, 'phone_numbers', `agent_id = '${agentId}'`)).toBe(1);
    const listed = numbers.map((number) => `'${number}'`).join();
    expect(await countRows(service, 'phone_numbers', `e164 IN (${listed}) AND project_id = '${projectId}'`)).toBe(10);
  });

  it('stay with no project that is deleted at the same moment', async () => {
    for (let round = 0; round < 8; round += 1) {
      const mine = await createProject(service, ada);
      const agents = await atOnce(4, () => insertAgent(service, mine));
      const [deleted, ...answers] = await Promise.all([
        other.api.as(ada).delete(`/project/${mine.id}`, { cascade: true }),
        ...agents.map((agent) => add({ projectId: mine.id, agentId: agent })),
      ]);
      expect(deleted.status).toBe(200);
      for (const { status, body } of answers) {
        if (status !== 200) expect(body.code).toMatch(/^(PROJECT|AGENT)_NOT_FOUND$/);
      }
      expect(await countRows(service, 'phone_numbers', `project_id = '${mine.id}'`)).toBe(0);
    }
  });

  it('are not given to a user who deletes the account at the same time', async () => {
    for (let round = 0; round < 4; round += 1) {
      const bob = await neighbour();
      const body = { projectId: bob.projectId, agentId: bob.agentId };
      const [left, ...answers] = await Promise.all([
        other.api.as(bob.person).delete('/user', { password: PASSWORD }),
        ...Array.from({ length: 4 }, () => add(body, bob.person)),
      ]);
      expect(left.status).toBe(200);
      for (const { status } of answers) expect([200, 401, 404]).toContain(status);
      expect(await countRows(service, 'phone_numbers', `project_id = '${bob.projectId}'`)).toBe(0);
    }
  });
});
